import Columnar

/// ksqlDB's KAFKA format: one column, as Kafka's own serializers write it; NULL is a tombstone.
public final class KafkaEncoder: RecordEncoder {
    public let schema: Schema

    public init(field: Field) {
        precondition(KafkaDecoder.supports(field.type), "the KAFKA format has the column's type")
        schema = Schema([field])
    }

    public func append(row: Int, of batch: EncodedBatch, to out: ByteWriter) -> Bool {
        let column = batch.columns
        if column.pointee.isNull(row) { return false }
        switch column.pointee.kind {
        case .integer: appendBytes(of: column.pointee.int32(row).bigEndian, to: out)
        case .bigint: appendBytes(of: column.pointee.int64(row).bigEndian, to: out)
        case .double: appendBytes(of: column.pointee.double(row).bitPattern.bigEndian, to: out)
        default: out.append(column.pointee.bytes(row))
        }
        return true
    }

    private func appendBytes<T>(of value: T, to out: ByteWriter) {
        withUnsafeBytes(of: value) { out.append($0) }
    }
}
