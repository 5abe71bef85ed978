import DeltaLake
import Diagnostics
import Glibc

/// The statements that make a table of the lake known to DuckDB, as a view over its live files.
///
/// ```
/// CREATE VIEW "gold"."sales" AS SELECT "date", "total" FROM (
///   SELECT NULL::DATE AS "date", NULL::DECIMAL(18,2) AS "total" WHERE false    -- names and types, no rows
///   UNION ALL BY NAME
///   SELECT COLUMNS(lambda c: c NOT IN ('date')), '2026-11-20'::DATE AS "date" FROM read_parquet(…)
///   UNION ALL BY NAME … one for each partition …);
/// ```
/// Files older than a column give NULL for it, and a filter on a partition column leaves out the files of
/// others.
struct TableView {
    let table: LakeTable
    let fields: [TableField]
    let partitionColumns: [String]
    let files: [LiveFile]

    /// The statements; each ends with a semicolon and a line end.
    func statements() throws(Diagnostic) -> String {
        var columns: [String] = []
        for field in fields {
            let type = try DuckDBType.text(of: field.type, column: field.name, table: table.path)
            columns.append("NULL::\(type) AS \(SQLText.name(field.name))")
        }
        var parts = ["SELECT " + columns.joined(separator: ", ") + " WHERE false"]
        for (values, paths) in try partitions() {
            let list = paths.map { SQLText.string(SQLText.plainPath($0)) }.joined(separator: ", ")
            parts.append(
                "SELECT \(try selection(values)) FROM read_parquet([\(list)], union_by_name = true, "
                    + "hive_partitioning = false)")
        }
        let names = fields.map { SQLText.name($0.name) }.joined(separator: ", ")
        let layer = SQLText.name(table.layer)
        return
            "CREATE SCHEMA IF NOT EXISTS \(layer);\nCREATE VIEW \(layer).\(SQLText.name(table.name)) AS "
            + "SELECT \(names) FROM (\(parts.joined(separator: "\nUNION ALL BY NAME ")));\n"
    }

    /// Files by the values of the partition columns, in the order in which they first appear.
    private func partitions() throws(Diagnostic) -> [(values: [String?], paths: [String])] {
        var places: [[String?]: Int] = [:]
        var partitions: [(values: [String?], paths: [String])] = []
        for file in files {
            let values = file.partitionValues.map(\.text)
            if let place = places[values] {
                partitions[place].paths.append(try localPath(file.path))
            } else {
                places[values] = partitions.count
                partitions.append((values, [try localPath(file.path)]))
            }
        }
        return partitions
    }

    private func selection(_ values: [String?]) throws(Diagnostic) -> String {
        guard !partitionColumns.isEmpty else { return "*" }
        // Some writers put the partition columns into the files too; the log's values are what counts.
        let names = partitionColumns.map { SQLText.string($0.lowercased()) }.joined(separator: ", ")
        var columns = ["COLUMNS(lambda c: lower(c) NOT IN (\(names)))"]
        for (name, value) in zip(partitionColumns, values) {
            guard let field = fields.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                continue
            }
            let type = try DuckDBType.text(of: field.type, column: name, table: table.path)
            // The protocol does not tell the empty text from NULL.
            let text = value.flatMap { $0.isEmpty ? nil : $0 }.map(SQLText.string) ?? "NULL"
            columns.append("\(text)::\(type) AS \(SQLText.name(field.name))")
        }
        // A file whose only columns are partition columns has nothing else to select.
        if fields.count == partitionColumns.count { columns.removeFirst() }
        return columns.joined(separator: ", ")
    }

    private func localPath(_ path: String) throws(Diagnostic) -> String {
        for scheme in ["file://", "file:"] where path.hasPrefix(scheme) {
            return String(path.dropFirst(scheme.count))
        }
        guard !path.contains("://") else {
            throw Diagnostic(
                .unsupported, "the table at \(table.path) has a file elsewhere: \(path)",
                expected: "tables whose files are on this machine")
        }
        return path
    }
}
