/// Up to `Batch.rowLimit` rows in columns: what moves between a source and a sink.
public struct Batch: Sendable {
    public static let rowLimit = 65_536

    public let schema: Schema
    public let columns: [Column]
    public let count: Int

    public init(schema: Schema, columns: [Column], count: Int) {
        precondition(schema.count == columns.count, "one column for each field")
        precondition(columns.allSatisfy { $0.count == count }, "columns of a batch have one length")
        self.schema = schema
        self.columns = columns
        self.count = count
    }

    /// A batch without rows.
    public init(empty schema: Schema) {
        self.init(
            schema: schema, columns: schema.fields.map { Column.nulls($0.type, count: 0) }, count: 0)
    }

    public subscript(name: String) -> Column? { schema.index(of: name).map { columns[$0] } }

    public func gather(_ selection: Selection) -> Batch {
        Batch(schema: schema, columns: columns.map { $0.gather(selection) }, count: selection.count)
    }

    public func slice(_ range: Range<Int>) -> Batch {
        Batch(schema: schema, columns: columns.map { $0.slice(range) }, count: range.count)
    }

    /// All rows of `batches`, which have one schema and are at least one.
    public static func concatenate(_ batches: [Batch]) -> Batch {
        precondition(!batches.isEmpty, "concatenate needs at least one batch")
        if batches.count == 1 { return batches[0] }
        let columns = batches[0].columns.indices.map { index in
            Column.concatenate(batches.map { $0.columns[index] })
        }
        return Batch(
            schema: batches[0].schema, columns: columns, count: batches.reduce(0) { $0 + $1.count })
    }

    /// The values of a row, for tests, errors and slow paths.
    public func row(_ row: Int) -> [Value] { columns.map { $0.value(at: row) } }
}
