import Columnar

/// Rows into Avro's binary encoding by a schema, whose fields find their columns by name.
///
/// A field that no column fills, or whose column is NULL where its type has no null, gets the field's
/// default. Where there is none the row can't be written: it becomes a record without bytes and an entry in
/// `refusals`.
public final class AvroEncoder: RecordEncoder {
    /// A row that the schema has no place for.
    public struct Refusal: Hashable, Sendable {
        public let row: Int
        public let reason: DecodeError
    }

    public let schema: Schema
    /// Rows that were refused since this was emptied, in order.
    public private(set) var refusals: [Refusal] = []
    private let isWrapped: Bool
    private let messageID: Int32?
    let plan: AvroWritePlan

    /// - Parameters:
    ///   - id: begins each record with the schema's id, as messages have it; nil writes bare values.
    ///   - isWrapped: whether a record is an Avro record; if not it is the value of the only column, and
    ///     NULL is a tombstone.
    /// Throws when a column's type has no place in the schema.
    public init(
        schema: Schema, as avro: AvroSchema, id: Int32? = nil, isWrapped: Bool = true
    ) throws(DecodeError) {
        precondition(isWrapped || schema.count == 1, "an unwrapped record is the value of one column")
        self.schema = schema
        self.isWrapped = isWrapped
        messageID = id
        plan = try AvroWritePlan(schema: schema, avro: avro, isWrapped: isWrapped)
    }

    /// Empties the list of refused rows.
    public func forgetRefusals() { refusals = [] }

    public func append(row: Int, of batch: EncodedBatch, to out: ByteWriter) -> Bool {
        if !isWrapped, batch.columns[0].isNull(row) { return false }
        let start = out.count
        if let messageID { SchemaMessage.appendHeader(messageID, to: out) }
        do throws(DecodeError) {
            try plan.write(row, of: batch.columns, to: out)
            return true
        } catch {
            out.truncate(to: start)
            refusals.append(Refusal(row: row, reason: error))
            return false
        }
    }
}
