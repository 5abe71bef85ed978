/// A batch of format 2 in somebody's memory: nothing is copied, and nothing of it outlives those bytes.
struct RecordBatch {
    /// What the records of one batch may take when they are unpacked, unless a caller says otherwise.
    static let unpackedLimit = 128 << 20

    let header: RecordBatchHeader
    /// The whole batch and no more.
    let bytes: UnsafeRawBufferPointer

    /// The batch that begins the bytes; more may follow. Checks bounds and, if asked to, the CRC.
    init(at bytes: UnsafeRawBufferPointer, checkingChecksum: Bool = true) throws(RecordError) {
        header = try RecordBatchHeader(bytes)
        guard bytes.count >= header.byteCount else { throw .incomplete(needed: header.byteCount) }
        self.bytes = UnsafeRawBufferPointer(rebasing: bytes[..<header.byteCount])
        if checkingChecksum {
            let sum = RecordBatch.checksum(of: self.bytes)
            guard sum == header.checksum else { throw .corrupt("a CRC of \(sum), not \(header.checksum)") }
        }
    }

    static func checksum(of batch: UnsafeRawBufferPointer) -> UInt32 {
        CRC32C.checksum(UnsafeRawBufferPointer(rebasing: batch[RecordBatchHeader.coveredPosition...]))
    }

    /// The records as they were written, perhaps packed.
    var payload: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[RecordBatchHeader.byteCount...])
    }

    /// Goes over all records in order; allocates no more than `limit` bytes, for what is packed.
    ///
    /// Throws `corrupt` when the records are not as many as the header says, their offsets do not grow or
    /// leave the batch, or bytes are left over.
    func forEachRecord(
        limit: Int = RecordBatch.unpackedLimit, _ body: (Record) throws(RecordError) -> Void
    ) throws(RecordError) {
        guard let compression = header.attributes.compression else {
            throw .unsupported("compression \(header.attributes.rawValue & 0b111)")
        }
        if compression == .none { return try walk(payload, body) }
        // An empty batch, which compaction leaves, has nothing that could be unpacked.
        if header.recordCount == 0, payload.isEmpty { return }
        let block = try compression.unpack(payload, limit: limit)
        try block.withBytes { bytes throws(RecordError) in try walk(bytes, body) }
    }

    private func walk(
        _ records: UnsafeRawBufferPointer, _ body: (Record) throws(RecordError) -> Void
    ) throws(RecordError) {
        var reader = ByteReader(records)
        var lastDelta: Int32 = -1
        for _ in 0..<header.recordCount {
            // Records that break off are damage here: the batch itself is whole.
            let record: Record
            do throws(RecordError) {
                record = try RecordBatch.record(&reader, header, &lastDelta)
            } catch .incomplete {
                throw .corrupt("a record that breaks off")
            }
            try body(record)
        }
        guard reader.isAtEnd else { throw .corrupt("\(reader.remaining) bytes behind the last record") }
    }

    /// The next record of unpacked ones.
    @inline(__always)
    static func record(
        _ reader: inout ByteReader, _ header: RecordBatchHeader, _ lastDelta: inout Int32
    ) throws(RecordError) -> Record {
        let length = Int(try reader.varint32())
        var fields = ByteReader(try reader.take(length))
        let attributes = try fields.number(Int8.self)
        let timestampDelta = try fields.varint()
        let offsetDelta = try fields.varint32()
        guard offsetDelta > lastDelta, offsetDelta <= header.lastOffsetDelta else {
            throw .corrupt(
                "offset delta \(offsetDelta) after \(lastDelta), in a batch to "
                    + "\(header.lastOffsetDelta)")
        }
        lastDelta = offsetDelta
        let key = try fields.takeSized()
        let value = try fields.takeSized()
        let headerCount = Int(try fields.varint32())
        // A header has two bytes at least.
        guard headerCount >= 0, headerCount <= fields.remaining / 2 else {
            throw .corrupt("\(headerCount) headers")
        }
        let start = fields.position
        for _ in 0..<headerCount {
            guard try fields.takeSized() != nil else { throw .corrupt("a header without a key") }
            _ = try fields.takeSized()
        }
        guard fields.isAtEnd else { throw .corrupt("\(fields.remaining) bytes behind a record's headers") }
        return Record(
            attributes: attributes, offset: header.baseOffset + Int64(offsetDelta),
            timestamp: header.attributes.isLogAppendTime
                ? header.maxTimestamp : header.baseTimestamp &+ timestampDelta,
            key: key, value: value, headerCount: headerCount,
            headerBytes: UnsafeRawBufferPointer(rebasing: fields.bytes[start...]))
    }
}
