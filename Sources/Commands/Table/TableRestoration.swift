import DeltaLake
import Diagnostics
import Formats
import Storage

/// What going back to an earlier state of a table has done.
struct TableRestoration: InspectionReport {
    let path: String
    let wanted: Int64
    let restoration: DeltaTable.Restoration

    static func run(
        _ path: String, in files: any FileSystem, to moment: QueryMoment
    ) throws(Diagnostic) -> TableRestoration {
        let table = try DeltaFailure.told { () throws(DeltaError) in
            try DeltaTable.open(LocalObjectStore(path, in: files))
        }
        let wanted = try moment.snapshot(of: table).version
        return TableRestoration(
            path: path, wanted: wanted,
            restoration: try DeltaFailure.told { () throws(DeltaError) in try table.restore(to: wanted) })
    }

    var isFailure: Bool { false }

    var lines: [String] {
        guard let version = restoration.version else {
            return ["\(path) is as it was in version \(wanted) already"]
        }
        return [
            "\(path) is as it was in version \(wanted): version \(version), "
                + "\(NumberDisplay.count(restoration.filesAdded, "file")) back, "
                + "\(NumberDisplay.grouped(restoration.filesRemoved)) gone"
        ]
    }

    var json: JSONValue {
        [
            "path": .string(path), "restored": .number(wanted),
            "version": restoration.version.map { .number($0) } ?? .null,
            "files_added": .number(restoration.filesAdded),
            "files_removed": .number(restoration.filesRemoved),
        ]
    }
}
