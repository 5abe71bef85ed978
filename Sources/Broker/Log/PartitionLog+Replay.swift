extension PartitionLog {
    /// A record of a log of the broker's own, as it is read at the start.
    struct Replayed {
        let key: [UInt8]
        let value: [UInt8]?
        let offset: Int64
        /// The producer, where its transaction has no end yet.
        let openProducerID: Int64?
    }

    private static let replayByteCount = 4 << 20

    /// Goes over all records in order; what was taken back is left out.
    ///
    /// Marks are not needed for it, as compaction may have removed them.
    func replay(_ body: (Replayed) -> Void) throws(LogError) {
        var offset = bounds.logStart
        let producers = producers
        while true {
            let fetched = try fetch(from: offset, maxBytes: PartitionLog.replayByteCount)
            guard fetched.nextOffset > offset else { return }
            let aborted = abortedTransactions(from: offset, before: fetched.nextOffset)
            offset = fetched.nextOffset
            try fetched.bytes.withBatches { batch throws(RecordError) in
                let header = batch.header
                if header.attributes.isControl || aborted.contains(where: { $0.covers(header) }) { return }
                let begin = producers[header.producerID]?.transactionOffset
                let isOpen =
                    header.attributes.isTransactional && begin.map { $0 <= header.baseOffset } ?? false
                try batch.forEachRecord { record throws(RecordError) in
                    body(
                        Replayed(
                            key: record.key.map { Array($0) } ?? [], value: record.value.map { Array($0) },
                            offset: record.offset,
                            openProducerID: isOpen ? header.producerID : nil))
                }
            }
        }
    }
}

extension [UInt8] {
    fileprivate func withBatches(
        _ body: (RecordBatch) throws(RecordError) -> Void
    ) throws(LogError) {
        var failure: RecordError?
        withUnsafeBytes { bytes in
            var position = 0
            do throws(RecordError) {
                while position < bytes.count {
                    let batch = try RecordBatch(at: UnsafeRawBufferPointer(rebasing: bytes[position...]))
                    try body(batch)
                    position += batch.header.byteCount
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw .records(failure) }
    }
}
