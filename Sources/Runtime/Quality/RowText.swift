import Columnar
import Formats
import Planning

/// Rows of a relation as JSON texts, with the names that its columns have in the lake.
struct RowText {
    private let positions: [Int]
    private let schema: Schema

    /// - Parameter positions: the columns that are written, among the relation's own.
    init(_ relation: Relation, _ positions: [Int]) {
        self.positions = positions
        schema = Schema(
            positions.map { position in
                let column = relation.columns[position]
                let isUnquoted = column.name == column.name.uppercased()
                return Field(isUnquoted ? column.name.lowercased() : column.name, column.type)
            })
    }

    /// The text of each selected row.
    func texts(_ columns: [Column], _ rows: Selection) -> [String] {
        let batch = Batch(
            schema: schema, columns: positions.map { columns[$0].gather(rows) }, count: rows.count)
        let encoder = JSONEncoder(schema: schema, times: .iso8601)
        let encoded = EncodedBatch(batch)
        let out = ByteWriter()
        return (0..<rows.count).map { row in
            out.removeAll()
            _ = encoder.append(row: row, of: encoded, to: out)
            return String(decoding: out.bytes, as: UTF8.self)
        }
    }

    func text(_ columns: [Column], row: Int) -> String {
        texts(columns, Selection([Int32(truncatingIfNeeded: row)]))[0]
    }
}
