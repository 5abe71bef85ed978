import Storage

/// Whole epochs of a writer in the process: each is here once or not at all.
///
/// An epoch that fits into one batch is that batch. A larger one is a transaction, which readers see when its
/// mark is there; its batches and its mark carry the epoch's number. What a crash has cut off is taken back
/// when the log is opened.
extension PartitionLog {
    /// The last epoch of the writer that is here; nil before the first.
    func lastEpoch(ofWriter producerID: Int64) -> Int64? {
        withState { live.producers[producerID].flatMap { $0.writerEpoch < 0 ? nil : $0.writerEpoch } }
    }

    /// Adds the records of an epoch unless it is here already; durable in any case when this returns.
    ///
    /// Without batches it writes a mark alone, so that the epoch is known.
    func append(
        epoch: Int64, _ batches: [RecordBatchBuilder], producerID: Int64, now: Int64
    ) throws(LogError) {
        try whileWriting { () throws(LogError) in
            if let stopReason { throw .stopped(reason: stopReason) }
            // A part of it that an attempt before this one has left.
            try takeBack(ofWriter: producerID, now: now)
            guard live.producers[producerID]?.writerEpoch ?? -1 < epoch else { return }
            let isTransaction = batches.count != 1
            var waiting: [RecordBatchBuilder] = []
            var byteCount = 0
            for var batch in batches {
                batch.header.producerID = producerID
                batch.header.writerEpoch = epoch
                batch.header.attributes.isTransactional = isTransaction
                waiting.append(batch)
                byteCount += batch.unpackedByteCount
                guard byteCount >= settings.epochPieceBytes else { continue }
                try write(waiting, now: now)
                waiting = []
                byteCount = 0
            }
            if !waiting.isEmpty { try write(waiting, now: now) }
            guard isTransaction else { return }
            let time = batches.map(\.header.maxTimestamp).max() ?? now
            try writeMark(isCommit: true, epoch: epoch, producerID: producerID, timestamp: time, now: now)
        }
        try synchronise()
        listeners?.notify()
    }

    /// Takes back what writers of a process that ended have left unfinished.
    func takeBackUnfinished(now: Int64) throws(LogError) {
        let writers = withState { live.producers.openWriters }
        if writers.isEmpty { return }
        try whileWriting { () throws(LogError) in
            for writer in writers { try takeBack(ofWriter: writer, now: now) }
        }
        try synchronise()
    }

    /// Under the lock of writing.
    private func takeBack(ofWriter producerID: Int64, now: Int64) throws(LogError) {
        guard let known = live.producers[producerID], known.transactionOffset != nil else { return }
        let epoch = max(known.writerEpoch, 0)
        try writeMark(
            isCommit: false, epoch: epoch, producerID: producerID, timestamp: known.lastTimestamp, now: now)
    }

    /// Adds batches without a producer, durable as the settings ask; returns the first offset.
    func append(built batches: [RecordBatchBuilder], now: Int64) throws(LogError) -> Appended {
        var prepared = try PreparedRecords(batches, currentSettings, now: now)
        return try append(&prepared, now: now, leaderEpoch: 0)
    }

    private func write(_ batches: [RecordBatchBuilder], now: Int64) throws(LogError) {
        var prepared = try PreparedRecords(batches, settings, now: now)
        _ = try writeUnchecked(&prepared, now: now, leaderEpoch: 0)
    }

    private func writeMark(
        isCommit: Bool, epoch: Int64, producerID: Int64, timestamp: Int64, now: Int64
    ) throws(LogError) {
        let mark = TransactionMark(isCommit: isCommit, coordinatorEpoch: 0)
        var builder = RecordBatchBuilder(baseOffset: 0)
        builder.header.producerID = producerID
        builder.header.writerEpoch = epoch
        // An epoch's number never goes back in a log.
        if let known = live.producers[producerID] {
            builder.header.producerEpoch = max(builder.header.producerEpoch, known.epoch)
        }
        builder.header.attributes.isTransactional = true
        builder.header.attributes.isControl = true
        builder.add(timestamp: timestamp, key: mark.key, value: mark.value)
        var prepared = try PreparedRecords([builder], settings, now: now, mark: mark)
        _ = try writeUnchecked(&prepared, now: now, leaderEpoch: 0)
    }
}

extension PreparedRecords {
    /// Batches that were built here: nothing of them has to be checked but what the topic asks for.
    init(
        _ builders: [RecordBatchBuilder], _ settings: LogSettings, now: Int64, mark: TransactionMark? = nil
    ) throws(LogError) {
        self.init()
        for var builder in builders {
            if settings.isCompacted, mark == nil, builder.hasRecordWithoutKey {
                throw .records(.invalid("a record without a key, in a topic that is compacted"))
            }
            if settings.usesLogAppendTime {
                builder.header.attributes.isLogAppendTime = true
                builder.header.maxTimestamp = now
            }
            try LogError.onRecords { () throws(RecordError) in try add(builder, mark) }
        }
    }
}
