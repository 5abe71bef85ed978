import Storage

/// All that a log knows beside its records, as of an offset: what lies behind it is found by reading on.
///
/// The log up to `offset` was durable before the checkpoint was written.
struct LogCheckpoint: Equatable {
    /// A leader epoch and the first offset written in it.
    struct Epoch: Equatable {
        let epoch: Int32
        let startOffset: Int64
    }

    var offset: Int64 = 0
    /// What lies before it has been deleted, on request or by retention.
    var logStartOffset: Int64 = 0
    /// Compaction has seen all before it.
    var cleanedOffset: Int64 = 0
    var epochs: [Epoch] = []
    /// Sorted by last offset.
    var aborted: [AbortedTransaction] = []
    var producers = ProducerTable()

    private static let magic: UInt64 = 0x3330_5458_4B43_524D  // "MRCKXT03"
    /// Without the times at which producers were heard of. Still read: else deleted records would come back.
    private static let magicBefore: UInt64 = 0x3230_5458_4B43_524D  // "MRCKXT02"

    init() {}

    func encoded() -> [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(LogCheckpoint.magic)
        encoder.add(offset)
        encoder.add(logStartOffset)
        encoder.add(cleanedOffset)
        encoder.add(UInt32(epochs.count))
        for epoch in epochs {
            encoder.add(epoch.epoch)
            encoder.add(epoch.startOffset)
        }
        encoder.add(UInt32(aborted.count))
        for transaction in aborted {
            encoder.add(transaction.producerID)
            encoder.add(transaction.firstOffset)
            encoder.add(transaction.lastOffset)
        }
        producers.write(to: &encoder)
        encoder.add(CRC32C.checksum(encoder.bytes))
        return encoder.bytes
    }

    /// nil where the bytes are damaged: then the whole log is read.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 4 else { return nil }
        let body = Array(bytes[..<(bytes.count - 4)])
        var end = BinaryDecoder(Array(bytes[(bytes.count - 4)...]))
        guard let sum = try? end.number(UInt32.self), sum == CRC32C.checksum(body) else { return nil }
        var decoder = BinaryDecoder(body)
        do throws(BinaryDecoder.Failure) {
            let magic = try decoder.number(UInt64.self)
            guard magic == LogCheckpoint.magic || magic == LogCheckpoint.magicBefore else { return nil }
            offset = try decoder.number(Int64.self)
            logStartOffset = try decoder.number(Int64.self)
            cleanedOffset = try decoder.number(Int64.self)
            epochs = try decoder.list { decoder throws(BinaryDecoder.Failure) in
                Epoch(epoch: try decoder.number(Int32.self), startOffset: try decoder.number(Int64.self))
            }
            aborted = try decoder.list { decoder throws(BinaryDecoder.Failure) in
                AbortedTransaction(
                    producerID: try decoder.number(Int64.self), firstOffset: try decoder.number(Int64.self),
                    lastOffset: try decoder.number(Int64.self))
            }
            producers = try ProducerTable(&decoder, hasTimes: magic == LogCheckpoint.magic)
        } catch {
            return nil
        }
        guard decoder.isAtEnd, offset >= 0, logStartOffset >= 0 else { return nil }
    }

    /// Takes note of a batch behind all others.
    mutating func note(_ header: RecordBatchHeader, _ mark: TransactionMark?, at time: Int64) {
        if let transaction = producers.note(header, mark, at: time) { aborted.append(transaction) }
        if header.leaderEpoch > epochs.last?.epoch ?? -1 {
            epochs.append(Epoch(epoch: header.leaderEpoch, startOffset: header.baseOffset))
        }
        offset = header.nextOffset
    }

    /// Forgets what concerns only offsets that are gone.
    mutating func forget(before start: Int64) {
        aborted.removeAll { $0.lastOffset < start }
        if let last = epochs.lastIndex(where: { $0.startOffset <= start }), last > 0 {
            epochs.removeFirst(last)
        }
    }
}
