import Columnar
import Planning

/// A row as a batch of one, for encoders.
struct GivenColumns {
    let batch: Batch

    /// - Parameter onlyNamed: leaves out columns that the statement does not name.
    init(_ row: GivenRow, onlyNamed: Bool) {
        let named = row.relation.columns.indices.filter { !onlyNamed || row.values[$0] != nil }
        self.init(named.map { (row.relation.columns[$0], row.values[$0] ?? .null) })
    }

    init(_ values: [(column: RelationColumn, value: Value)]) {
        let columns = values.map { column, value in
            let builder = ColumnBuilder(type: column.type)
            builder.append(value)
            return builder.finish()
        }
        batch = Batch(
            schema: Schema(values.map { Field($0.column.name, $0.column.type) }), columns: columns, count: 1)
    }
}
