import Diagnostics
import Formats
import Storage

/// What the pipeline noted in the newest commit of a table that has a note: rows, late and duplicate ones,
/// since the table began.
///
/// `commitInfo` holds `"millrace":{"epoch":N,"notes":{"rows":…,"late":…,"duplicates":…}}`. Compactions carry
/// none.
struct SilverNotes: Equatable, Sendable {
    var epoch: Int64
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
    private static let mark = Array("\"millrace\"".utf8)

    static func read(_ commit: [UInt8]) -> SilverNotes? {
        // Most bytes of a commit are files with their statistics: only a line that has the word is worth
        // parsing.
        for line in commit.split(separator: newline) where line.firstRange(of: mark) != nil {
            guard let value = try? JSONValue(parsing: Array(line)),
                let ours = value["commitInfo"]?["millrace"],
                let notes = ours["notes"], let epoch = ours["epoch"]?.int64
            else { continue }
            return SilverNotes(
                epoch: epoch, rows: notes["rows"]?.int64, late: notes["late"]?.int64 ?? 0,
                duplicates: notes["duplicates"]?.int64 ?? 0)
        }
        return nil
    }
}
