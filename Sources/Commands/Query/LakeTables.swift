import DeltaLake
import Diagnostics
import Storage

/// The tables of a lake as a query sees them at its moment.
struct LakeTables {
    let lake: LakeDirectory
    let moment: QueryMoment

    /// The table's rows as a SELECT.
    func view(of table: LakeTable) throws(Diagnostic) -> TableView {
        let delta = try table.open(in: lake.files)
        return try TableView(table, delta, moment.snapshot(of: delta))
    }

    /// The views of those that can be read, and why the others can't.
    func views(of tables: [LakeTable]) -> (views: [TableView], failures: [(LakeTable, Diagnostic)]) {
        var views: [TableView] = []
        var failures: [(LakeTable, Diagnostic)] = []
        for table in tables {
            do throws(Diagnostic) {
                views.append(try view(of: table))
            } catch {
                failures.append((table, error))
            }
        }
        return (views, failures)
    }

    /// A SELECT that lists all tables: `table`, `rows`, `files`, `version`, and `note` where one can't be
    /// read.
    func listing() throws(Diagnostic) -> String {
        var rows: [String] = []
        var hasNotes = false
        for table in try lake.tables() {
            let name = SQLText.string(table.title)
            do throws(Diagnostic) {
                let delta = try table.open(in: lake.files)
                let snapshot = try moment.snapshot(of: delta)
                let count = delta.rowCount(snapshot).map(String.init) ?? "NULL"
                rows.append("(\(name), \(count), \(snapshot.fileCount), \(snapshot.version), NULL)")
            } catch {
                hasNotes = true
                rows.append("(\(name), NULL, NULL, NULL, \(SQLText.string(error.message)))")
            }
        }
        let isEmpty = rows.isEmpty
        if isEmpty { rows.append("('', NULL, NULL, NULL, NULL)") }
        let columns =
            "\"table\", rows::BIGINT AS \"rows\", files::BIGINT AS files, version::BIGINT AS version"
            + (hasNotes ? ", note::VARCHAR AS note" : "")
        return "SELECT \(columns) FROM (VALUES \(rows.joined(separator: ", "))) "
            + "t(\"table\", \"rows\", files, version, note)" + (isEmpty ? " WHERE false" : "")
    }
}
