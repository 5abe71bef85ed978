import Columnar

/// Rows as JSON arrays in the order of their columns, as answers to queries hold them.
///
/// Values are written as ``JSONEncoder`` writes them. Used by one thread at a time.
public final class AnswerEncoder {
    private let encoder: JSONEncoder

    public init(_ types: [DataType]) {
        encoder = JSONEncoder(schema: Schema(types.enumerated().map { Field("C\($0)", $1) }))
    }

    /// Columns of these types, laid out for `append`.
    public func layOut(_ columns: [Column], count: Int) -> EncodedBatch {
        EncodedBatch(Batch(schema: encoder.schema, columns: columns, count: count))
    }

    /// Appends a row such as `["p_0017",4,null]`.
    public func append(row: Int, of batch: EncodedBatch, to out: ByteWriter) {
        encoder.appendArray(row: row, of: batch, to: out)
    }
}
