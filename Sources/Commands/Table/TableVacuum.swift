import Columnar
import DeltaLake
import Diagnostics
import Formats
import Storage

/// What cleaning up a table has deleted, or would delete.
struct TableVacuum: InspectionReport {
    let path: String
    let isDryRun: Bool
    let report: Vacuum.Report

    static func run(
        _ path: String, in files: any FileSystem, retention: Int64?, isDryRun: Bool
    ) throws(Diagnostic) -> TableVacuum {
        try DeltaFailure.told { () throws(DeltaError) in
            let table = try DeltaTable.open(LocalObjectStore(path, in: files))
            return TableVacuum(
                path: path, isDryRun: isDryRun,
                report: try Vacuum(table).run(retention: retention, isDryRun: isDryRun))
        }
    }

    var isFailure: Bool { false }

    var lines: [String] {
        let verb = isDryRun ? "would delete" : "deleted"
        var lines: [String] = []
        if isDryRun { lines = (report.dataFiles + report.logFiles).map(\.name) }
        lines.append(
            "\(verb) \(NumberDisplay.count(report.dataFiles.count, "data file")) and "
                + "\(NumberDisplay.count(report.logFiles.count, "file")) of the log "
                + "(\(NumberDisplay.bytes(report.bytes))) of \(path)")
        lines.append("versions since \(LiveView.time(report.oldest)) stay readable")
        return lines
    }

    var json: JSONValue {
        [
            "path": .string(path), "dry_run": .boolean(isDryRun),
            "readable_since": .string(Civil.timestampText(milliseconds: report.oldest) + "Z"),
            "data_files": .array(report.dataFiles.map { .string($0.name) }),
            "log_files": .array(report.logFiles.map { .string($0.name) }), "bytes": .number(report.bytes),
        ]
    }
}
