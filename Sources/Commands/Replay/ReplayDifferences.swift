import Connectors
import DeltaLake
import Diagnostics
import Formats
import Storage

/// Finds what differs between tables and their rebuilt forms; DuckDB does the work, within bounded memory.
///
/// ```
/// 1  a sign for each row: -1 live, +1 rebuilt, summed by two hashes of the row; what is left differs
/// 2  the differing rows of both sides, as often as they differ
/// 3  those, paired by key: a pair has changed, the others stand alone
/// ```
/// Only the first step sees all rows, and it keeps two numbers of each.
struct ReplayDifferences: Sendable {
    /// DuckDB's command line.
    let program: String
    /// For what does not fit into memory, and for results.
    let folder: String
    /// Rows of each kind that are shown.
    let examples: Int
    let threads: Int

    private static let memory = "1GB"

    func difference(of table: ReplayedTable) throws(Diagnostic) -> TableDifference? {
        guard let live = table.live else { return nil }
        let columns = ComparedColumns(live.snapshot.metadata.schema, table.rebuilt.snapshot.metadata.schema)
        var result = columns.difference
        let counts = Path.join(folder, "counts.json")
        let rows = Path.join(folder, "rows.json")
        var script = try setup(table, live)
        script += DifferenceScript(columns: columns.common, key: table.key).text(
            counts: counts, rows: rows, examples: examples)
        let child = ChildProcess(
            program: program, arguments: ["-no-init", "-batch", "-bail", "-c", ".read /dev/stdin"],
            input: script)
        let ending = try child.run()
        guard ending.code == 0 else {
            let message = DuckDBMessage(ending.errors)?.diagnostic(sql: script).message ?? ending.errors
            throw Diagnostic(
                .evaluation, "the table at \(table.path) could not be compared: \(message)",
                hint: "replay without --diff")
        }
        try read(counts, rows, columns.common.map(\.name), table.key, into: &result)
        return result
    }

    private func setup(_ table: ReplayedTable, _ live: ReplayedTable.Side) throws(Diagnostic) -> String {
        var script = "SET TimeZone = 'UTC'; SET memory_limit = '\(Self.memory)'; SET threads = \(threads);\n"
        script += "SET temp_directory = \(SQLText.string(Path.join(folder, "spilled")));\n"
        script += "SET preserve_insertion_order = false;\n"
        for (layer, side) in [("live", live), ("rebuilt", table.rebuilt)] {
            let view = try TableView(
                LakeTable(layer: layer, name: "rows", path: table.path), side.table, side.snapshot)
            script += try view.statements()
        }
        return script
    }

    // MARK: Results

    private func read(
        _ counts: String, _ rows: String, _ columns: [String], _ key: [String],
        into result: inout TableDifference
    ) throws(Diagnostic) {
        let counted = try lines(of: counts).first ?? .null
        result.onlyLive = counted["only_live"]?.int ?? 0
        result.onlyRebuilt = counted["only_rebuilt"]?.int ?? 0
        result.changed = counted["changed"]?.int ?? 0
        for column in columns {
            guard let count = counted["columns"]?[column]?.int, count > 0 else { continue }
            result.changedColumns.append((column, count))
        }
        for row in try lines(of: rows) {
            let live = values(row["live"], columns)
            let rebuilt = values(row["rebuilt"], columns)
            let named = key.map { name in (name, live?[name] ?? rebuilt?[name] ?? nil) }
            result.examples.append(
                TableDifference.Example(key: named, live: live, rebuilt: rebuilt, columns: columns))
        }
    }

    private func values(_ object: JSONValue?, _ columns: [String]) -> [String: String?]? {
        guard let object, !object.isNull else { return nil }
        var values: [String: String?] = [:]
        for column in columns { values.updateValue(object[column]?.string, forKey: column) }
        return values
    }

    private func lines(of file: String) throws(Diagnostic) -> [JSONValue] {
        let bytes = try StorageFailure.told("cannot read") { () throws(StorageError) in
            try LocalFileSystem().read(file)
        }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? JSONValue(parsing: Array($0)) }
    }
}

/// The columns that both sides have, and how the sides' columns differ.
struct ComparedColumns: Sendable {
    /// A column of both.
    struct Column: Sendable, Equatable {
        let name: String
        let liveName: String
        /// Whether both sides have one type; else their texts are compared.
        let isSameType: Bool
    }

    private(set) var common: [Column] = []
    private(set) var difference = TableDifference()

    init(_ live: TableSchema, _ rebuilt: TableSchema) {
        for field in rebuilt.fields {
            guard let index = live.index(of: field.name) else {
                difference.columnsAdded.append(field.name)
                continue
            }
            let other = live.fields[index]
            let isSame = other.type == field.type
            if !isSame {
                difference.columnsRetyped.append("\(field.name) \(other.type.text) → \(field.type.text)")
            }
            common.append(Column(name: field.name, liveName: other.name, isSameType: isSame))
        }
        difference.columnsRemoved = live.fields.map(\.name).filter { rebuilt.index(of: $0) == nil }
    }
}
