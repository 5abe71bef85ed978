import DeltaLake
import Diagnostics
import Glibc

/// The SELECT that gives a table's rows out of its live files, for DuckDB.
///
/// ```
/// SELECT "date", "total" FROM (
///   SELECT NULL::DATE AS "date", NULL::DECIMAL(18,2) AS "total" WHERE false    -- names and types, no rows
///   UNION ALL BY NAME
///   SELECT COLUMNS(lambda c: c NOT IN ('date')), '2026-11-20'::DATE AS "date" FROM read_parquet(…)
///   UNION ALL BY NAME … one for each partition, and for each file with deleted rows …)
/// ```
/// Files older than a column give NULL for it, and a filter on a partition column leaves out the files of
/// others.
struct TableView {
    let table: LakeTable
    let fields: [TableField]
    /// Whether columns are mapped by name.
    let hasPhysicalNames: Bool
    /// Whether a column had a narrower type before, which older files have still.
    private let hasChangedTypes: Bool
    let partitionColumns: [String]
    let files: [LiveFile]
    /// By file, as `DeltaTable.deletedRows` gives them.
    let deletedRows: [[Range<Int64>]]

    /// More are too much for a statement.
    private static let deletionLimit = 50_000

    private var columns: PhysicalColumns {
        PhysicalColumns(fields: fields, hasPhysicalNames: hasPhysicalNames, path: table.path)
    }

    /// - Throws: what DuckDB can't be told, by its name.
    init(_ table: LakeTable, _ delta: DeltaTable, _ snapshot: Snapshot) throws(Diagnostic) {
        if let feature = snapshot.hindranceToParquetReaders {
            throw Diagnostic(
                .unsupported, "the table \(table.title) cannot be queried: it uses the feature \(feature)",
                hint: "query it with an engine that has it")
        }
        self.table = table
        fields = snapshot.metadata.schema.fields
        hasPhysicalNames = snapshot.metadata.hasPhysicalNames
        hasChangedTypes =
            snapshot.tableProtocol.readerFeatures?.contains { $0.hasPrefix("typeWidening") } ?? false
        partitionColumns = snapshot.metadata.partitionColumns
        files = delta.liveFiles(snapshot)
        guard files.contains(where: \.hasDeletedRows) else {
            deletedRows = []
            return
        }
        deletedRows = try DeltaFailure.told { () throws(DeltaError) in try delta.deletedRows(snapshot) }
        let runs = deletedRows.reduce(0) { $0 + $1.count }
        guard runs <= Self.deletionLimit else {
            throw Diagnostic(
                .unsupported,
                "the table \(table.title) has too many deleted rows in its deletion vectors to be queried so",
                expected: "at most \(Self.deletionLimit) of them apart from each other",
                hint: "millrace table optimize \(table.path) writes files with deleted rows anew")
        }
    }

    /// The statements that make it a view; each ends with a semicolon and a line end.
    func statements() throws(Diagnostic) -> String {
        let layer = SQLText.name(table.layer)
        return "CREATE SCHEMA IF NOT EXISTS \(layer);\n"
            + "CREATE VIEW \(layer).\(SQLText.name(table.name)) AS \(try query());\n"
    }

    func query() throws(Diagnostic) -> String {
        let columns = columns
        var parts = ["SELECT \(try columns.typedNulls()) WHERE false"]
        for group in try groups() {
            let list = group.paths.map { SQLText.string(SQLText.plainPath($0)) }.joined(separator: ", ")
            let options = group.deleted.isEmpty ? "" : ", file_row_number = true"
            let byName = group.isUniform ? "" : ", union_by_name = true"
            let folders = group.folders.map { "true, " + $0.types(table.path) } ?? "false"
            parts.append(
                "SELECT \(try selection(group)) FROM read_parquet([\(list)], hive_partitioning = \(folders)"
                    + byName + options + ")" + Self.condition(group.deleted))
        }
        return "SELECT \(columns.selection) FROM (\(parts.joined(separator: "\nUNION ALL BY NAME ")))"
    }

    // MARK: Files that are read together

    /// Files with equal partition values and without deleted rows; or one file with such rows.
    private struct Group {
        let values: [String?]
        var paths: [String]
        var deleted: [Range<Int64>]
        /// Files of several partitions, whose folders tell the values.
        var folders: FolderPartitions?
        /// Whether each file is known to have all columns.
        var isUniform: Bool
    }

    /// In the order in which they first appear.
    private func groups() throws(Diagnostic) -> [Group] {
        let columnKeys = uniformityKeys
        var places: [[String?]: Int] = [:]
        var groups: [Group] = []
        for (index, file) in files.enumerated() {
            let values = file.partitionValues.map(\.text)
            let path = try localPath(file.path)
            let deleted = deletedRows.isEmpty ? [] : deletedRows[index]
            if deleted.isEmpty, let place = places[values] {
                groups[place].paths.append(path)
                groups[place].isUniform = groups[place].isUniform && hasAll(columnKeys, file)
            } else {
                if deleted.isEmpty { places[values] = groups.count }
                groups.append(
                    Group(
                        values: values, paths: [path], deleted: deleted, isUniform: hasAll(columnKeys, file)))
            }
        }
        joinFolders(&groups)
        // The files of a small group are looked at anyway.
        for index in groups.indices where groups[index].paths.count <= Self.smallGroup {
            groups[index].isUniform = false
        }
        return groups
    }

    private static let smallGroup = 16
    /// Partitions that are not worth asking whether their folders tell their values.
    private static let fewPartitions = 4

    /// Makes one group of many partitions, where the folders' names allow it.
    private func joinFolders(_ groups: inout [Group]) {
        let whole = groups.filter(\.deleted.isEmpty)
        let columns = partitionColumns.compactMap { name in fields.first { $0.name == name } }
        guard whole.count > Self.fewPartitions, !hasPhysicalNames, columns.count == partitionColumns.count,
            columns.count < fields.count, let folders = FolderPartitions(columns)
        else { return }
        var joined = Group(values: [], paths: [], deleted: [], folders: folders, isUniform: true)
        for (index, file) in files.enumerated() where deletedRows.isEmpty || deletedRows[index].isEmpty {
            guard let path = try? localPath(file.path), folders.agree(path, file) else { return }
            joined.paths.append(path)
        }
        joined.isUniform = whole.allSatisfy(\.isUniform)
        groups = [joined] + groups.filter { !$0.deleted.isEmpty }
    }

    /// What the statistics of a file hold for each column that it has; nil where they can't tell: a name may
    /// then be a member's.
    private var uniformityKeys: [String]? {
        if hasChangedTypes { return nil }
        let data = fields.filter { field in !isPartition(field) }
        let names = data.map { columns.name($0) }
        var members: Set<String> = []
        for field in data { Self.collectMembers(of: field.type, into: &members) }
        // Beside the columns' names only these are keys of statistics.
        members.formUnion(["numRecords", "minValues", "maxValues", "nullCount", "tightBounds"])
        guard names.allSatisfy({ !members.contains($0) && $0.utf8.allSatisfy(Self.isPlain) }) else {
            return nil
        }
        return names.map { "\"\($0)\":" }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C
    }

    private static func collectMembers(of type: TableType, into names: inout Set<String>) {
        switch type {
        case .structure(let fields):
            for field in fields {
                names.formUnion([field.name, field.physicalName])
                collectMembers(of: field.type, into: &names)
            }
        case .array(let element, _): collectMembers(of: element, into: &names)
        case .map(let key, let value, _):
            collectMembers(of: key, into: &names)
            collectMembers(of: value, into: &names)
        default: break
        }
    }

    private func hasAll(_ keys: [String]?, _ file: LiveFile) -> Bool {
        guard let keys, let statistics = file.statistics else { return false }
        return statistics.withCString { text in keys.allSatisfy { strstr(text, $0) != nil } }
    }

    // MARK: What is selected of them

    private func isPartition(_ field: TableField) -> Bool {
        partitionColumns.contains { $0.lowercased() == field.name.lowercased() }
    }

    private func selection(_ group: Group) throws(Diagnostic) -> String {
        if group.folders != nil { return "*" }
        // Some writers put the partition columns into the files too; the log's values are what counts.
        var left = fields.filter(isPartition).map { columns.name($0).lowercased() }
        if !group.deleted.isEmpty { left.append("file_row_number") }
        guard !left.isEmpty else { return "*" }
        let names = left.map(SQLText.string).joined(separator: ", ")
        var selected = ["COLUMNS(lambda c: lower(c) NOT IN (\(names)))"]
        for (name, value) in zip(partitionColumns, group.values) {
            guard let field = fields.first(where: { $0.name.lowercased() == name.lowercased() }) else {
                continue
            }
            let type = try DuckDBType.text(of: field.type, column: name, table: table.path)
            // The protocol does not tell the empty text from NULL.
            let text = value.flatMap { $0.isEmpty ? nil : $0 }.map(SQLText.string) ?? "NULL"
            selected.append("\(text)::\(type) AS \(SQLText.name(columns.name(field)))")
        }
        // A file whose only columns are partition columns has nothing else to select.
        if fields.allSatisfy(isPartition) { selected.removeFirst() }
        return selected.joined(separator: ", ")
    }

    private static func condition(_ deleted: [Range<Int64>]) -> String {
        guard !deleted.isEmpty else { return "" }
        let single = deleted.filter { $0.count == 1 }.map { String($0.lowerBound) }
        var conditions = single.isEmpty ? [] : ["file_row_number NOT IN (\(single.joined(separator: ", ")))"]
        for run in deleted where run.count > 1 {
            conditions.append("file_row_number NOT BETWEEN \(run.lowerBound) AND \(run.upperBound - 1)")
        }
        return " WHERE " + conditions.joined(separator: " AND ")
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
