import Columnar
import DeltaLake
import Diagnostics
import Formats
import Storage

/// What each commit of a table was, the newest first.
struct TableHistory: InspectionReport {
    let path: String
    let commits: [CommitSummary]

    static func read(
        _ path: String, in files: any FileSystem, limit: Int?
    ) throws(Diagnostic) -> TableHistory {
        let commits = try DeltaFailure.told { () throws(DeltaError) in
            try DeltaTable.open(LocalObjectStore(path, in: files)).history(limit: limit ?? .max)
        }
        return TableHistory(path: path, commits: commits)
    }

    var isFailure: Bool { false }

    var lines: [String] {
        var table = TextTable([
            ("version", .right), ("time", .left), ("operation", .left), ("files", .right), ("rows", .right),
            ("details", .left),
        ])
        for commit in commits {
            let files = "+\(commit.filesAdded)" + (commit.filesRemoved > 0 ? " -\(commit.filesRemoved)" : "")
            let details = commit.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            table.add([
                String(commit.version), LiveView.time(commit.timestamp), commit.operation ?? "?", files,
                "+" + NumberDisplay.grouped(commit.rowsAdded), details.joined(separator: " "),
            ])
        }
        return table.lines()
    }

    var json: JSONValue {
        ["path": .string(path), "versions": .array(commits.map(TableHistory.json))]
    }

    /// One commit as programs read it.
    static func json(_ commit: CommitSummary) -> JSONValue {
        [
            "version": .number(commit.version),
            "timestamp": .string(Civil.timestampText(milliseconds: commit.timestamp) + "Z"),
            "operation": commit.operation.map { .string($0) } ?? .null,
            "parameters": .object(
                commit.parameters.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }),
            "metrics": .object(
                commit.notes.sorted { $0.key < $1.key }.map { .init($0.key, .number($0.value)) }),
            "files_added": .number(commit.filesAdded), "files_removed": .number(commit.filesRemoved),
            "rows_added": .number(commit.rowsAdded),
            "transactions": .object(
                commit.transactions.map { .init($0.appId, .number($0.version)) }),
        ]
    }
}
