/// What stands before the records of a batch of format 2 (KIP-98).
///
/// ```
/// 0 base offset i64 · 8 length i32 (of all behind it) · 12 leader epoch i32 · 16 magic i8 · 17 CRC-32C u32
/// (of all behind it) · 21 attributes i16 · 23 last offset delta i32 · 27 base time stamp i64 · 35 greatest
/// time stamp i64 · 43 producer id i64 · 51 producer epoch i16 · 53 base sequence i32 · 57 record count i32
/// ```
/// The broker changes what stands before the CRC without touching the rest.
struct RecordBatchHeader: Equatable {
    static let byteCount = 61
    /// Base offset and length, which the length does not count.
    static let prefixByteCount = 12
    static let leaderEpochPosition = 12
    static let checksumPosition = 17
    /// Where what the CRC covers begins.
    static let coveredPosition = 21
    static let attributesPosition = 21
    static let baseTimestampPosition = 27
    static let maxTimestampPosition = 35
    static let magic: Int8 = 2

    var baseOffset: Int64 = 0
    /// Of the whole batch, with base offset and length.
    var byteCount = RecordBatchHeader.byteCount
    var leaderEpoch: Int32 = -1
    var checksum: UInt32 = 0
    var attributes = BatchAttributes(rawValue: 0)
    var lastOffsetDelta: Int32 = 0
    /// Milliseconds since the epoch, as all times of Kafka.
    var baseTimestamp: Int64 = -1
    var maxTimestamp: Int64 = -1
    var producerID: Int64 = -1
    var producerEpoch: Int16 = -1
    var baseSequence: Int32 = -1
    var recordCount: Int32 = 0

    init() {}

    /// Reads the header alone; the batch may break off behind it.
    ///
    /// After it: byteCount >= 61; base offset, last offset delta and record count >= 0; no offset overflows.
    init(_ bytes: UnsafeRawBufferPointer) throws(RecordError) {
        // The magic first: an older format is told from damage by it.
        guard bytes.count >= 17 else { throw .incomplete(needed: Self.byteCount) }
        guard bytes[16] == UInt8(Self.magic) else {
            throw .unsupported("message format \(Int8(bitPattern: bytes[16]))")
        }
        var reader = ByteReader(bytes)
        baseOffset = try reader.number(Int64.self)
        byteCount = Int(try reader.number(Int32.self)) + Self.prefixByteCount
        guard byteCount >= Self.byteCount else { throw .corrupt("a batch of \(byteCount) bytes") }
        leaderEpoch = try reader.number(Int32.self)
        _ = try reader.number(Int8.self)
        checksum = try reader.number(UInt32.self)
        attributes = BatchAttributes(rawValue: try reader.number(Int16.self))
        lastOffsetDelta = try reader.number(Int32.self)
        baseTimestamp = try reader.number(Int64.self)
        maxTimestamp = try reader.number(Int64.self)
        producerID = try reader.number(Int64.self)
        producerEpoch = try reader.number(Int16.self)
        baseSequence = try reader.number(Int32.self)
        recordCount = try reader.number(Int32.self)
        guard baseOffset >= 0, baseOffset < Int64.max - 1 << 32 else {
            throw .corrupt("the base offset \(baseOffset)")
        }
        guard lastOffsetDelta >= 0, recordCount >= 0 else {
            throw .corrupt("\(recordCount) records to offset delta \(lastOffsetDelta)")
        }
    }

    var lastOffset: Int64 { baseOffset + Int64(lastOffsetDelta) }
    var nextOffset: Int64 { lastOffset + 1 }
    var hasProducer: Bool { producerID >= 0 }
    /// After 2³¹-1 comes 0.
    var lastSequence: Int32 {
        baseSequence < 0 ? -1 : RecordBatchHeader.sequence(baseSequence, after: lastOffsetDelta)
    }

    /// Whether a writer of the process made it: then producer epoch and sequence are the number of an epoch.
    var isOfWriter: Bool { producerID >= ProducerTable.firstWriterID }

    var writerEpoch: Int64 {
        get { Int64(producerEpoch) << 31 | Int64(max(baseSequence, 0)) }
        set {
            precondition((0..<(1 << 46)).contains(newValue), "an epoch has 46 bits")
            producerEpoch = Int16(newValue >> 31)
            baseSequence = Int32(newValue & Int64(Int32.max))
        }
    }

    static func sequence(_ sequence: Int32, after count: Int32) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(sequence) + Int64(count)) & Int64(Int32.max))
    }

    /// Appends the header, with the CRC as it is here.
    func write(to writer: inout ByteWriter) {
        writer.number(baseOffset)
        writer.number(Int32(truncatingIfNeeded: byteCount - Self.prefixByteCount))
        writer.number(leaderEpoch)
        writer.number(Self.magic)
        writer.number(checksum)
        writer.number(attributes.rawValue)
        writer.number(lastOffsetDelta)
        writer.number(baseTimestamp)
        writer.number(maxTimestamp)
        writer.number(producerID)
        writer.number(producerEpoch)
        writer.number(baseSequence)
        writer.number(recordCount)
    }
}
