/// Makes one batch of format 2 from records.
///
/// Offsets may have gaps (compaction makes them); the batch ends at the last one unless `lastOffset` is set.
struct RecordBatchBuilder {
    /// What the batch is to have; length, CRC, count and times are filled in by `finish`.
    var header: RecordBatchHeader
    /// Offset that the batch ends at, where that is behind the last record.
    var lastOffset: Int64?
    private(set) var hasRecordWithoutKey = false
    private var records = ByteWriter()
    private var nextOffset: Int64
    private let hasBaseTimestamp: Bool

    /// - Parameter baseTimestamp: what times are written relative to; the first record's if nil.
    init(baseOffset: Int64, baseTimestamp: Int64? = nil) {
        header = RecordBatchHeader()
        header.baseOffset = baseOffset
        header.baseTimestamp = baseTimestamp ?? -1
        nextOffset = baseOffset
        hasBaseTimestamp = baseTimestamp != nil
    }

    var recordCount: Int { Int(header.recordCount) }
    /// Of the records so far, before they are packed.
    var unpackedByteCount: Int { records.count }

    /// Adds a record behind the last one; `offset` must not be below the next.
    mutating func add(
        offset: Int64? = nil, timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        attributes: Int8 = 0, headerCount: Int = 0,
        headerBytes: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) {
        let offset = offset ?? nextOffset
        precondition(offset >= nextOffset, "records are added in the order of their offsets")
        if header.recordCount == 0, !hasBaseTimestamp { header.baseTimestamp = timestamp }
        header.maxTimestamp = header.recordCount == 0 ? timestamp : max(header.maxTimestamp, timestamp)
        if key == nil { hasRecordWithoutKey = true }
        let (timeDelta, offsetDelta) = (timestamp &- header.baseTimestamp, offset - header.baseOffset)
        let length =
            1 + ByteWriter.varintByteCount(timeDelta) + ByteWriter.varintByteCount(offsetDelta)
            + ByteWriter.sizedByteCount(key) + ByteWriter.sizedByteCount(value)
            + ByteWriter.varintByteCount(Int64(headerCount)) + headerBytes.count
        records.varint(Int64(length))
        records.number(attributes)
        records.varint(timeDelta)
        records.varint(offsetDelta)
        records.sized(key)
        records.sized(value)
        records.varint(Int64(headerCount))
        records.append(headerBytes)
        header.recordCount += 1
        nextOffset = offset + 1
    }

    /// Adds a record as it is in another batch.
    mutating func add(_ record: Record) {
        add(
            offset: record.offset, timestamp: record.timestamp, key: record.key, value: record.value,
            attributes: record.attributes, headerCount: record.headerCount, headerBytes: record.headerBytes)
    }

    mutating func add(
        timestamp: Int64, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
        headers: [(String, [UInt8]?)]
    ) {
        var encoded = ByteWriter()
        for (name, value) in headers {
            Array(name.utf8).withUnsafeBytes { encoded.sized($0) }
            RecordBatchBuilder.withBytes(value) { encoded.sized($0) }
        }
        encoded.bytes.withUnsafeBytes {
            add(timestamp: timestamp, key: key, value: value, headerCount: headers.count, headerBytes: $0)
        }
    }

    mutating func add(timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [(String, [UInt8]?)] = []) {
        RecordBatchBuilder.withBytes(key) { key in
            RecordBatchBuilder.withBytes(value) { value in
                add(timestamp: timestamp, key: key, value: value, headers: headers)
            }
        }
    }

    private static func withBytes(_ bytes: [UInt8]?, _ body: (UnsafeRawBufferPointer?) -> Void) {
        guard let bytes else { return body(nil) }
        bytes.withUnsafeBytes { body($0) }
    }

    /// The batch, its records packed as asked for.
    func finish(_ compression: Compression = .none) throws(RecordError) -> [UInt8] {
        var header = header
        let last = lastOffset ?? nextOffset - 1
        guard let delta = Int32(exactly: max(0, last - header.baseOffset)) else {
            throw .invalid("offsets \(header.baseOffset) to \(last) in one batch")
        }
        header.lastOffsetDelta = delta
        let packing = header.recordCount == 0 ? Compression.none : compression
        header.attributes.setCompression(packing)
        let payload = packing == .none ? records.bytes : try packing.pack(records.bytes)
        header.byteCount = RecordBatchHeader.byteCount + payload.count
        guard header.byteCount <= Int32.max else { throw .tooLarge(limit: Int(Int32.max)) }
        var writer = ByteWriter()
        writer.reserve(header.byteCount)
        header.write(to: &writer)
        writer.append(payload)
        let sum = writer.bytes.withUnsafeBytes { RecordBatch.checksum(of: $0) }
        writer.overwrite(sum, at: RecordBatchHeader.checksumPosition)
        return writer.bytes
    }
}
