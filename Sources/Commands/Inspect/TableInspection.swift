import Columnar
import DeltaLake
import Diagnostics
import Formats
import Storage

/// What is known of one Delta table.
struct TableInspection: InspectionReport {
    let path: String
    let snapshot: Snapshot
    let files: [LiveFile]
    let history: [CommitSummary]
    /// nil when a file has no statistics.
    let rows: Int?

    var bytes: Int64 { files.reduce(0) { $0 + $1.size } }

    /// - Parameters:
    ///   - versions: how many of the newest commits to read.
    ///   - moment: which state of the table to look at.
    static func read(
        _ path: String, in files: any FileSystem, versions: Int, at moment: QueryMoment = .newest
    ) throws(Diagnostic) -> TableInspection {
        let table = try DeltaFailure.told { () throws(DeltaError) in
            try DeltaTable.open(LocalObjectStore(path, in: files))
        }
        let snapshot = try moment.snapshot(of: table)
        return TableInspection(
            path: path, snapshot: snapshot, files: table.liveFiles(snapshot),
            history: try DeltaFailure.told { () throws(DeltaError) in try table.history(limit: versions) },
            rows: table.rowCount(snapshot))
    }

    var isFailure: Bool { false }

    var lines: [String] {
        let metadata = snapshot.metadata
        var lines = [
            "table \(path), version \(snapshot.version)",
            "  \(rows.map { NumberDisplay.count($0, "row") } ?? "rows unknown: a file has no statistics"), "
                + "\(NumberDisplay.count(files.count, "file")), \(NumberDisplay.bytes(bytes))",
        ]
        if let name = metadata.name { lines.append("  name: \(name)") }
        if let comment = metadata.comment { lines.append("  comment: \(comment)") }
        lines.append("  id: \(metadata.id)")
        lines.append("  protocol: \(protocolText)")
        lines += ["", "columns:"] + columns
        if !metadata.partitionColumns.isEmpty {
            let partitions = Set(files.map { $0.partitionValues.map { $0.text ?? "NULL" } })
            lines += [
                "",
                "partitioned by \(metadata.partitionColumns.joined(separator: ", ")): "
                    + NumberDisplay.count(partitions.count, "partition"),
            ]
        }
        if !metadata.configuration.isEmpty {
            lines += ["", "properties:"]
            lines += metadata.configuration.sorted { $0.key < $1.key }.map { "  \($0.key) = \($0.value)" }
        }
        if !snapshot.transactions.isEmpty {
            lines += ["", "transactions:"]
            lines += snapshot.transactions.sorted { $0.key < $1.key }.map {
                "  \($0.key): \($0.value.version)"
            }
        }
        return lines + versions
    }

    private var protocolText: String {
        let found = snapshot.tableProtocol
        let features = Set((found.readerFeatures ?? []) + (found.writerFeatures ?? [])).sorted()
        return "reader \(found.minReaderVersion), writer \(found.minWriterVersion)"
            + (features.isEmpty ? "" : " (\(features.joined(separator: ", ")))")
    }

    private var columns: [String] {
        var table = TextTable([("", .left), ("", .left), ("", .left)])
        for field in snapshot.metadata.schema.fields {
            table.add([field.name, field.type.text, field.isNullable ? "" : "not null"])
        }
        return table.lines(indent: "  ")
    }

    private var versions: [String] {
        guard !history.isEmpty else { return [] }
        var table = TextTable([
            ("version", .right), ("time", .left), ("operation", .left), ("files", .right), ("rows", .right),
            ("transactions", .left),
        ])
        for commit in history {
            let files = "+\(commit.filesAdded)" + (commit.filesRemoved > 0 ? " -\(commit.filesRemoved)" : "")
            table.add([
                String(commit.version), LiveView.time(commit.timestamp), commit.operation ?? "?", files,
                "+" + NumberDisplay.grouped(commit.rowsAdded),
                commit.transactions.map { "\($0.appId): \($0.version)" }.joined(separator: ", "),
            ])
        }
        let older = (history.last?.version ?? 0) > 0 ? ["  (older ones: --limit N)"] : []
        return ["", "newest versions:"] + table.lines(indent: "  ") + older
    }

    var json: JSONValue {
        let metadata = snapshot.metadata
        let columns = metadata.schema.fields.map { field -> JSONValue in
            [
                "name": .string(field.name), "type": .string(field.type.text),
                "nullable": .boolean(field.isNullable),
            ]
        }
        return [
            "path": .string(path), "version": .number(snapshot.version), "id": .string(metadata.id),
            "rows": rows.map { .number($0) } ?? .null, "files": .number(files.count), "bytes": .number(bytes),
            "columns": .array(columns),
            "partition_columns": .array(metadata.partitionColumns.map { .string($0) }),
            "properties": .object(
                metadata.configuration.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }),
            "transactions": .object(
                snapshot.transactions.sorted { $0.key < $1.key }.map {
                    .init($0.key, .number($0.value.version))
                }),
            "history": .array(history.map(TableInspection.json)),
        ]
    }

    private static func json(_ commit: CommitSummary) -> JSONValue {
        [
            "version": .number(commit.version),
            "timestamp": .string(Civil.timestampText(milliseconds: commit.timestamp) + "Z"),
            "operation": commit.operation.map { .string($0) } ?? .null,
            "files_added": .number(commit.filesAdded), "files_removed": .number(commit.filesRemoved),
            "rows_added": .number(commit.rowsAdded),
        ]
    }
}
