import Columnar

/// What a writer wants of a table.
public struct TableTarget: Sendable {
    /// What becomes of a row.
    public enum Mode: Sendable {
        /// It is added.
        case append
        /// It replaces the row of its key, or is added.
        case upsert
        /// It replaces the row of its key, if there is one.
        case update
    }

    public let name: TableName
    /// The columns that are written, by their names in the table.
    public let schema: Schema
    /// Names of the columns that make a key; empty only with `append`.
    public let key: [String]
    public let mode: Mode
    /// Whether rows of keys are deleted.
    public let deletes: Bool
    /// Whether the table is made when it is not there.
    public let creates: Bool
    /// Whether columns that it lacks are added.
    public let evolves: Bool
    /// Rows that are sent at a time, at most.
    public let pieceRows: Int

    public init(
        name: TableName, schema: Schema, key: [String], mode: Mode, deletes: Bool, creates: Bool,
        evolves: Bool, pieceRows: Int
    ) {
        self.name = name
        self.schema = schema
        self.key = key
        self.mode = mode
        self.deletes = deletes
        self.creates = creates
        self.evolves = evolves
        self.pieceRows = pieceRows
    }

    /// The columns of the key, in the schema's order.
    var keySchema: Schema { Schema(schema.fields.filter { key.contains($0.name) }) }

    /// The statement that makes the table.
    var creation: String {
        var lines = schema.fields.map { field in
            SQLName.quoted(field.name) + " " + NaturalType(field.type).sql
                + (key.contains(field.name) ? " NOT NULL" : "")
        }
        if !key.isEmpty { lines.append("PRIMARY KEY (" + SQLName.list(key) + ")") }
        return "CREATE TABLE IF NOT EXISTS \(name.quoted) (" + lines.joined(separator: ", ") + ")"
    }
}
