import Columnar

/// ksqlDB's KAFKA format: one column, as Kafka's own serializers write it.
///
/// INTEGER is 4 bytes, BIGINT and DOUBLE are 8, all big-endian; STRING is UTF-8; BYTES are themselves.
public final class KafkaDecoder: RecordDecoder {
    public let fields: [DecodedField]
    private let slots: ColumnSlots

    /// The format has no other types than these.
    public static func supports(_ type: DataType) -> Bool {
        switch type {
        case .integer, .bigint, .double, .string, .bytes: return true
        default: return false
        }
    }

    public init(field: DecodedField) {
        precondition(KafkaDecoder.supports(field.type), "the KAFKA format has the column's type")
        fields = [field]
        slots = ColumnSlots(fields)
    }

    /// The format has no line ends: the range is one record.
    public func decode(_ buffer: Buffer, range: Range<Int>, limit: Int) -> DecodedRecords {
        decode(buffer, frames: RecordFrames(limit > 0 ? [range] : []))
    }

    public func decode(_ buffer: Buffer, frames: RecordFrames) -> DecodedRecords {
        slots.decode(buffer, frames) { base, range, row in read(base, range, row: row) }
    }

    /// Stores the value; returns why it does not fit.
    private func read(_ base: UnsafeRawPointer, _ range: Range<Int>, row: Int) -> DecodeError? {
        let slot = slots.slots
        let start = base + range.lowerBound
        switch slot.pointee.type.kind {
        case .integer:
            guard range.count == 4 else { return wrongLength(4, range.count) }
            let value = Int32(bigEndian: start.loadUnaligned(as: Int32.self))
            slot.pointee.store(ScalarBits(Int64(value)), row)
        case .bigint:
            guard range.count == 8 else { return wrongLength(8, range.count) }
            slot.pointee.store(ScalarBits(Int64(bigEndian: start.loadUnaligned(as: Int64.self))), row)
        case .double:
            guard range.count == 8 else { return wrongLength(8, range.count) }
            let bits = UInt64(bigEndian: start.loadUnaligned(as: UInt64.self))
            slot.pointee.store(ScalarBits(Double(bitPattern: bits)), row)
        default:
            if fields[0].type == .string,
                let fault = UTF8Check.firstFault(base, range.lowerBound, range.upperBound)
            {
                return DecodeError(.badUTF8, "the text is not UTF-8 at byte \(fault - range.lowerBound)")
            }
            let view = StringView(base: base, buffer: 0, offset: range.lowerBound, length: range.count)
            slot.pointee.store(view, row)
        }
        return nil
    }

    private func wrongLength(_ expected: Int, _ found: Int) -> DecodeError {
        let field = fields[0]
        return DecodeError(
            .wrongLength,
            "column \(field.name): expected \(expected) bytes for \(field.type.sql), found \(found)")
    }
}
