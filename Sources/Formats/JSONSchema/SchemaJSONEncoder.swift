import Columnar

/// Rows into ksqlDB's JSON_SR format: JSON behind the id of its schema in a registry.
public final class SchemaJSONEncoder: RecordEncoder {
    public var schema: Schema { values.schema }
    private let values: JSONEncoder
    private let messageID: Int32

    public init(schema: Schema, id: Int32, isWrapped: Bool = true) {
        values = JSONEncoder(schema: schema, isWrapped: isWrapped)
        messageID = id
    }

    public func append(row: Int, of batch: EncodedBatch, to out: ByteWriter) -> Bool {
        let start = out.count
        SchemaMessage.appendHeader(messageID, to: out)
        if values.append(row: row, of: batch, to: out) { return true }
        out.truncate(to: start)
        return false
    }
}
