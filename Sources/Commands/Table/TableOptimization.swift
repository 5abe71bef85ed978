import DeltaLake
import Diagnostics
import Formats
import Storage

/// What joining the small files of a table has done.
struct TableOptimization: InspectionReport {
    let path: String
    let runs: [Compaction.Report]
    let version: Int64
    let fileCount: Int

    static func run(_ path: String, in files: any FileSystem) throws(Diagnostic) -> TableOptimization {
        try DeltaFailure.told { () throws(DeltaError) in
            let table = try DeltaTable.open(LocalObjectStore(path, in: files))
            let runs = try Compaction.optimize(table)
            return TableOptimization(
                path: path, runs: runs, version: table.snapshot.version,
                fileCount: table.snapshot.fileCount)
        }
    }

    var isFailure: Bool { false }
    private var joined: Int { runs.reduce(0) { $0 + $1.filesJoined } }
    private var written: Int { runs.reduce(0) { $0 + $1.filesWritten } }
    private var bytes: Int { runs.reduce(0) { $0 + $1.bytesRead } }

    var lines: [String] {
        guard !runs.isEmpty else {
            return ["nothing to join in \(path): \(NumberDisplay.count(fileCount, "file"))"]
        }
        return [
            "joined \(NumberDisplay.count(joined, "file")) (\(NumberDisplay.bytes(bytes))) into "
                + "\(NumberDisplay.grouped(written)) in \(path): "
                + "\(NumberDisplay.count(fileCount, "file")) in version \(version)",
            "the old files stay for time travel until millrace table vacuum \(path) deletes them",
        ]
    }

    var json: JSONValue {
        [
            "path": .string(path), "version": .number(version), "files_joined": .number(joined),
            "files_written": .number(written), "bytes_read": .number(bytes), "files": .number(fileCount),
        ]
    }
}
