/// Records that somebody sent, checked and ready to be given offsets.
///
/// Batches of older formats have become batches of format 2. Where the greatest time in a header is not that
/// of the records, or the broker's time is to stand there, header and CRC are put right.
struct PreparedRecords {
    struct Batch {
        var header: RecordBatchHeader
        let position: Int
        let mark: TransactionMark?
    }

    private(set) var bytes: [UInt8]
    private(set) var batches: [Batch] = []

    init() { bytes = [] }

    /// - Parameter isMark: the transaction coordinator's own control batch, which clients may not send.
    init(
        _ sent: consuming [UInt8], _ settings: LogSettings, now: Int64, isMark: Bool = false
    ) throws(RecordError) {
        bytes = try PreparedRecords.inFormat2(sent, settings)
        guard !bytes.isEmpty else { throw .invalid("no records") }
        var position = 0
        while position < bytes.count {
            let batch = try check(at: position, settings, now: now, isMark: isMark)
            batches.append(batch)
            position += batch.header.byteCount
        }
        guard batches.count == 1 || !batches.contains(where: { $0.header.hasProducer }) else {
            throw .invalid("several batches at once from a producer with an id")
        }
    }

    /// Adds a batch that was built here.
    mutating func add(_ builder: RecordBatchBuilder, _ mark: TransactionMark?) throws(RecordError) {
        let built = try builder.finish()
        let header = try PreparedRecords.withBytes(of: built) { bytes throws(RecordError) in
            try RecordBatchHeader(bytes)
        }
        batches.append(Batch(header: header, position: bytes.count, mark: mark))
        if bytes.isEmpty { bytes = built } else { bytes += built }
    }

    var lastOffsetDelta: Int64 {
        batches.reduce(-1) { $0 + Int64($1.header.lastOffsetDelta) + 1 }
    }

    private static func inFormat2(
        _ sent: consuming [UInt8], _ settings: LogSettings
    ) throws(RecordError) -> [UInt8] {
        guard sent.count > 16, sent[16] < 2 else { return sent }
        return try withBytes(of: sent) { bytes throws(RecordError) in
            try MessageSet.upConverted(bytes, limit: settings.maxUnpackedBytes)
        }
    }

    private static func withBytes<Result>(
        of bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(RecordError) -> Result
    ) throws(RecordError) -> Result {
        var result: Swift.Result<Result, RecordError> = .failure(.incomplete(needed: 0))
        bytes.withUnsafeBytes { bytes in
            do throws(RecordError) { result = .success(try body(bytes)) } catch { result = .failure(error) }
        }
        return try result.get()
    }

    private mutating func check(
        at position: Int, _ settings: LogSettings, now: Int64, isMark: Bool
    ) throws(RecordError) -> Batch {
        var maxTimestamp = Int64.min
        let (header, mark) = try PreparedRecords.withBytes(of: bytes) {
            bytes throws(RecordError) -> (RecordBatchHeader, TransactionMark?) in
            let batch: RecordBatch
            do throws(RecordError) {
                batch = try RecordBatch(at: UnsafeRawBufferPointer(rebasing: bytes[position...]))
            } catch .incomplete {
                throw .corrupt("a batch that breaks off")
            }
            let header = batch.header
            try PreparedRecords.check(header, settings, isMark: isMark)
            var count: Int32 = 0
            try batch.forEachRecord(limit: settings.maxUnpackedBytes) { record throws(RecordError) in
                maxTimestamp = max(maxTimestamp, record.timestamp)
                count += 1
                if settings.isCompacted, record.key == nil {
                    throw .invalid("a record without a key, in a topic that is compacted")
                }
            }
            return (header, isMark ? try TransactionMark(batch) : nil)
        }
        var batch = Batch(header: header, position: position, mark: mark)
        if settings.usesLogAppendTime || header.attributes.isLogAppendTime {
            batch.header.attributes.isLogAppendTime = settings.usesLogAppendTime
            batch.header.maxTimestamp = settings.usesLogAppendTime ? now : maxTimestamp
        } else {
            batch.header.maxTimestamp = maxTimestamp
        }
        if batch.header != header { rewrite(batch) }
        return batch
    }

    private static func check(
        _ header: RecordBatchHeader, _ settings: LogSettings, isMark: Bool
    ) throws(RecordError) {
        guard header.byteCount <= settings.maxMessageBytes else {
            throw .tooLarge(limit: settings.maxMessageBytes)
        }
        // Offsets without gaps: the log counts by them.
        guard header.recordCount > 0, header.lastOffsetDelta == header.recordCount - 1 else {
            throw .invalid("\(header.recordCount) records to offset delta \(header.lastOffsetDelta)")
        }
        guard header.attributes.isControl == isMark else { throw .invalid("a control batch from a client") }
        guard !header.attributes.hasDeleteHorizon else {
            throw .invalid("a delete horizon from a client")
        }
        // Their epochs are the process's own, and never forgotten.
        guard !header.isOfWriter else {
            throw .invalid("producer \(header.producerID), which no client is given")
        }
        guard !header.hasProducer || header.producerEpoch >= 0 else {
            throw .invalid("the epoch \(header.producerEpoch) of producer \(header.producerID)")
        }
        guard !header.attributes.isTransactional || header.hasProducer else {
            throw .invalid("a transaction without a producer's id")
        }
        // Without a producer the sequence means nothing; some clients leave 0 there.
        guard isMark || !header.hasProducer || header.baseSequence >= 0 else {
            throw .invalid("producer \(header.producerID) with sequence \(header.baseSequence)")
        }
    }

    /// Puts attributes and greatest time over what stands there, and the CRC with them.
    private mutating func rewrite(_ batch: Batch) {
        let (header, position) = (batch.header, batch.position)
        bytes.withUnsafeMutableBytes { bytes in
            let target = UnsafeMutableRawBufferPointer(
                rebasing: bytes[position..<position + header.byteCount])
            target.storeBytes(
                of: header.attributes.rawValue.bigEndian,
                toByteOffset: RecordBatchHeader.attributesPosition, as: Int16.self)
            target.storeBytes(
                of: header.maxTimestamp.bigEndian, toByteOffset: RecordBatchHeader.maxTimestampPosition,
                as: Int64.self)
            let sum = RecordBatch.checksum(of: UnsafeRawBufferPointer(target))
            target.storeBytes(
                of: sum.bigEndian, toByteOffset: RecordBatchHeader.checksumPosition, as: UInt32.self)
        }
    }

    /// Gives the batches their offsets, from `offset` on. The CRC does not cover what is written here.
    mutating func assign(from offset: Int64, leaderEpoch: Int32) {
        var next = offset
        for index in batches.indices {
            batches[index].header.baseOffset = next
            batches[index].header.leaderEpoch = leaderEpoch
            let position = batches[index].position
            bytes.withUnsafeMutableBytes { bytes in
                bytes.storeBytes(of: next.bigEndian, toByteOffset: position, as: Int64.self)
                bytes.storeBytes(
                    of: leaderEpoch.bigEndian, toByteOffset: position + RecordBatchHeader.leaderEpochPosition,
                    as: Int32.self)
            }
            next = batches[index].header.nextOffset
        }
    }
}
