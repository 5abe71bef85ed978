import Diagnostics
import Formats
import Storage

/// What the pipeline noted in the newest commit of a table that has a note: rows, late and duplicate ones,
/// since the table began.
///
/// `commitInfo` holds `"operationMetrics":{"rows":"…","late":"…","duplicates":"…"}`. Compactions carry none
/// of these.
struct SilverNotes: Equatable, Sendable {
    var rows: Int64?
    var late: Int64
    var duplicates: Int64

    /// nil when no commit that is still there has one.
    static func newest(of table: LakeTable, in files: any FileSystem) throws(Diagnostic) -> SilverNotes? {
        let log = Path.join(table.path, "_delta_log")
        let entries = try StorageFailure.told("cannot list") { () throws(StorageError) in try files.list(log)
        }
        let commits = entries.map(\.name).filter { name in
            name.hasSuffix(".json") && name.count == 25 && name.prefix(20).allSatisfy(\.isNumber)
        }
        for name in commits.sorted().reversed() {
            let path = Path.join(log, name)
            let bytes = try StorageFailure.told("cannot read") { () throws(StorageError) in
                try files.read(path)
            }
            if let notes = read(bytes) { return notes }
        }
        return nil
    }

    private static let newline = UInt8(ascii: "\n")
    private static let mark = Array("\"duplicates\"".utf8)

    static func read(_ commit: [UInt8]) -> SilverNotes? {
        // Most bytes of a commit are files with their statistics: only a line that has the word is worth
        // parsing.
        for line in commit.split(separator: newline) where line.firstRange(of: mark) != nil {
            guard let value = try? JSONValue(parsing: Array(line)),
                let metrics = value["commitInfo"]?["operationMetrics"]
            else { continue }
            return SilverNotes(
                rows: count(metrics["rows"]), late: count(metrics["late"]) ?? 0,
                duplicates: count(metrics["duplicates"]) ?? 0)
        }
        return nil
    }

    /// Delta's history has numbers as texts.
    private static func count(_ value: JSONValue?) -> Int64? {
        value.flatMap { $0.int64 ?? $0.string.flatMap { Int64($0) } }
    }
}
