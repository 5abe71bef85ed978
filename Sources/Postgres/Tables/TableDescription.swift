/// A table as the database has it now.
struct TableDescription: Hashable, Sendable {
    let oid: String
    /// `r` and `p` are tables; others are not written to.
    let kind: String
    let columns: [TableColumn]
    /// Sets of columns that no two rows have alike, and that ON CONFLICT can name.
    let uniqueSets: [Set<String>]

    subscript(name: String) -> TableColumn? { columns.first { $0.name == name } }

    /// Changes when a column does.
    var signature: String { columns.map { "\($0.name):\($0.typeOID)" }.joined(separator: ",") }

    /// nil when there is no such table.
    static func read(
        _ name: TableName, over connection: PostgresConnection
    ) throws(PostgresError) -> TableDescription? {
        let found = try connection.query(
            "SELECT c.oid, c.relkind FROM pg_class c WHERE c.oid = to_regclass($1)", [name.quoted])
        guard let row = found.rows.first, let oid = row[0], let kind = row[1] else { return nil }
        let columns = try connection.query(columnsQuery, [oid])
        let indexes = try connection.query(indexesQuery, [oid])
        var sets: [String: Set<String>] = [:]
        for row in indexes.rows {
            if let index = row[0], let column = row[1] { sets[index, default: []].insert(column) }
        }
        return TableDescription(
            oid: oid, kind: kind, columns: columns.rows.map(Self.column),
            uniqueSets: sets.sorted { $0.key < $1.key }.map(\.value))
    }

    private static func column(_ row: [String?]) -> TableColumn {
        func number(_ index: Int) -> UInt32 { row[index].flatMap { UInt32($0) } ?? 0 }
        return TableColumn(
            name: row[0] ?? "", typeName: row[1] ?? "", typeOID: number(2), elementOID: number(3),
            isNotNull: row[4] == "t", hasDefault: row[5] == "t", isGenerated: row[6] == "t")
    }

    private static let columnsQuery = """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.oid,
            CASE WHEN b.typcategory = 'A' THEN b.typelem ELSE 0 END,
            a.attnotnull OR t.typnotnull, a.atthasdef OR a.attidentity <> '',
            a.attgenerated <> '' OR a.attidentity = 'a'
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
        WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        """

    private static let indexesQuery = """
        SELECT i.indexrelid, a.attname FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid
            AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
        WHERE i.indrelid = $1::oid AND i.indisunique AND i.indimmediate AND i.indisvalid
            AND i.indpred IS NULL AND i.indexprs IS NULL ORDER BY 1
        """
}
