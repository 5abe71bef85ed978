import Storage

extension PartitionLog {
    struct Appended: Equatable, Sendable {
        let baseOffset: Int64
        let lastOffset: Int64
        /// Milliseconds; -1 where the records keep their producer's times.
        let logAppendTime: Int64
        let logStartOffset: Int64
        /// They were there already: sent again by a producer that did not hear the answer.
        let isDuplicate: Bool
    }

    /// Whether a batch may go to the log; asked when nothing can come before it any more, with the lock of
    /// writing held.
    typealias Check = (RecordBatchHeader) throws(LogError) -> Void

    /// Adds the batches of a produce request, and returns when they are as durable as the settings ask.
    ///
    /// - Parameters:
    ///   - records: batches of format 2, or messages of the formats before it.
    ///   - now: milliseconds since the epoch.
    ///   - waits: false: returns as soon as they are written. Where that is not durable yet, readers see them
    ///     after `synchronise` and `tellReaders`, which are the caller's then, as is what the settings ask
    ///     for later.
    func append(
        _ records: consuming [UInt8], now: Int64, leaderEpoch: Int32 = 0, waits: Bool = true,
        check: Check = { (_) throws(LogError) in }
    ) throws(LogError) -> Appended {
        let settings = currentSettings
        var prepared: PreparedRecords
        do throws(RecordError) {
            prepared = try PreparedRecords(records, settings, now: now)
        } catch {
            throw .records(error)
        }
        return try append(&prepared, now: now, leaderEpoch: leaderEpoch, waits: waits, check: check)
    }

    /// Ends a producer's transaction in this partition.
    func append(
        _ mark: TransactionMark, producerID: Int64, producerEpoch: Int16, now: Int64, leaderEpoch: Int32 = 0,
        waits: Bool = true
    ) throws(LogError) -> Appended {
        var settings = currentSettings
        // A mark has its own small size and its own key.
        settings.maxMessageBytes = max(settings.maxMessageBytes, 1024)
        settings.isCompacted = false
        var prepared: PreparedRecords
        do throws(RecordError) {
            let batch = try mark.batch(
                producerID: producerID, producerEpoch: producerEpoch, timestamp: now)
            prepared = try PreparedRecords(batch, settings, now: now, isMark: true)
        } catch {
            throw .records(error)
        }
        return try append(&prepared, now: now, leaderEpoch: leaderEpoch, waits: waits)
    }

    func append(
        _ prepared: inout PreparedRecords, now: Int64, leaderEpoch: Int32, waits: Bool = true,
        check: Check = { (_) throws(LogError) in }
    ) throws(LogError) -> Appended {
        writing._unsafeLock()
        let appended: Appended
        do throws(LogError) {
            appended = try write(&prepared, now: now, leaderEpoch: leaderEpoch, check)
            writing._unsafeUnlock()
        } catch {
            writing._unsafeUnlock()
            throw error
        }
        // Others may write before this, and then one call serves them all.
        switch currentSettings.flush {
        case .everyAppend:
            guard waits else { return appended }
            try synchronise(upTo: appended.lastOffset + 1)
        case .after(let bytes, let milliseconds):
            // Whoever does not wait has others do it: `isFlushDue`.
            guard waits else { break }
            try synchroniseIfDue(bytes: bytes, milliseconds: milliseconds, now: now)
        }
        tellReaders()
        return appended
    }

    func tellReaders() { listeners?.notify() }

    /// Whether what lies before an offset is as durable as the settings ask.
    func isSettled(upTo offset: Int64) -> Bool {
        withState { settings.flush != .everyAppend || durableEnd >= offset }
    }

    private func write(
        _ prepared: inout PreparedRecords, now: Int64, leaderEpoch: Int32, _ check: Check
    ) throws(LogError) -> Appended {
        if let stopReason { throw .stopped(reason: stopReason) }
        for batch in prepared.batches { try check(batch.header) }
        if let repeated = try duplicate(of: prepared) {
            return Appended(
                baseOffset: repeated.firstOffset, lastOffset: repeated.lastOffset,
                logAppendTime: settings.usesLogAppendTime ? repeated.timestamp : -1,
                logStartOffset: live.logStartOffset, isDuplicate: true)
        }
        return try writeUnchecked(&prepared, now: now, leaderEpoch: leaderEpoch)
    }

    /// Under the lock of writing.
    func writeUnchecked(
        _ prepared: inout PreparedRecords, now: Int64, leaderEpoch: Int32
    ) throws(LogError) -> Appended {
        let baseOffset = live.offset
        prepared.assign(from: baseOffset, leaderEpoch: leaderEpoch)
        try rollIfDue(
            adding: prepared.bytes.count, lastOffset: baseOffset + prepared.lastOffsetDelta, now: now)
        let active = active
        // It may have been given back while nobody wrote.
        try withState { () throws(LogError) in
            try LogError.onDisk { () throws(StorageError) in
                _ = try active.loadedIndex(files, intervalBytes: settings.indexIntervalBytes)
            }
        }
        try write(prepared.bytes)
        withState {
            if active.createdAt == nil { active.createdAt = now }
            for batch in prepared.batches {
                active.add(batch.header, intervalBytes: settings.indexIntervalBytes)
                live.note(batch.header, batch.mark, at: now)
            }
            dirtyBytes += prepared.bytes.count
            if dirtySince == nil { dirtySince = now }
        }
        bytesSinceCheckpoint += prepared.bytes.count
        return Appended(
            baseOffset: baseOffset, lastOffset: live.offset - 1,
            logAppendTime: settings.usesLogAppendTime ? now : -1, logStartOffset: live.logStartOffset,
            isDuplicate: false)
    }

    /// Throws what the producer is to hear.
    private func duplicate(of prepared: PreparedRecords) throws(LogError) -> ProducerTable.Batch? {
        for batch in prepared.batches {
            if batch.header.attributes.isControl {
                if let mark = batch.mark { try live.producers.checkMark(mark, batch.header) }
                continue
            }
            if let repeated = try live.producers.duplicate(of: batch.header) { return repeated }
            let open = live.producers[batch.header.producerID]
            if !batch.header.attributes.isTransactional, open?.transactionOffset != nil,
                batch.header.hasProducer
            {
                throw .transactionState("a batch outside the producer's open transaction")
            }
        }
        return nil
    }

    private func write(_ bytes: [UInt8]) throws(LogError) {
        let active = active
        var failure: StorageError?
        bytes.withUnsafeBytes { bytes in
            do throws(StorageError) { try active.file.append(bytes) } catch { failure = error }
        }
        guard let failure else { return }
        // A part may be there: the next batch must not come behind it.
        active.file.close()
        do throws(StorageError) {
            try files.truncate(active.file.path, to: active.byteCount)
        } catch {
            stop("a half-written batch could not be taken back: \(error.reason)")
        }
        throw .storage(failure)
    }

    private func rollIfDue(adding bytes: Int, lastOffset: Int64, now: Int64) throws(LogError) {
        let active = active
        guard active.byteCount > 0 else { return }
        // Times of records come from clients: any number may stand there.
        let (age, isAbsurd) = now.subtractingReportingOverflow(active.createdAt ?? active.head.firstTimestamp)
        guard
            active.byteCount + bytes > settings.segmentBytes
                || age >= settings.segmentMilliseconds && !isAbsurd
                || lastOffset - active.baseOffset > Int64(Int32.max)
        else {
            if bytesSinceCheckpoint >= settings.checkpointBytes { try checkpoint() }
            return
        }
        try roll()
    }

    /// Seals the active segment and begins one behind it. Under the lock of writing.
    func roll() throws(LogError) {
        try checkpoint()
        let path = Path.join(directory, SegmentNames.log(live.offset))
        try LogError.onDisk { () throws(StorageError) in
            try files.create(path).close()
            // Its name must be durable before anything in it is promised to be.
            try files.synchroniseDirectory(directory)
        }
        let segment = Segment(SegmentIndex(baseOffset: live.offset), LogFile(path, pool))
        withState { segments.append(segment) }
    }

    /// Makes durable all that the log knows, so that opening it has little to read. While writing.
    func checkpoint() throws(LogError) {
        if durableEnd < live.offset { try synchroniseActive() }
        let active = active
        try LogError.onDisk { () throws(StorageError) in
            // The checkpoint first: it is never behind an index.
            try files.writeAtomically(live.encoded(), to: Path.join(directory, SegmentNames.checkpoint))
            let index = try active.loadedIndex(files, intervalBytes: settings.indexIntervalBytes)
            try files.writeAtomically(index.encoded(), to: SegmentNames.index(ofLog: active.file.path))
        }
        bytesSinceCheckpoint = 0
        checkpointedOffset = live.offset
    }

    /// Closes the files of a log that is being deleted, or cannot be saved. Whoever still uses it is refused.
    func abandon() {
        writing.withLock { _ in
            withState {
                stopReason = "it is closed"
                for segment in segments { segment.file.close() }
            }
        }
    }

    /// Writes the checkpoint and closes the files. The log may not be used afterwards.
    func close() throws(LogError) {
        try whileWriting { () throws(LogError) in
            if stopReason == nil, checkpointedOffset != live.offset { try checkpoint() }
            withState {
                stopReason = stopReason ?? "it is closed"
                for segment in segments { segment.file.close() }
            }
        }
    }
}

extension FileSystem {
    func writeAtomically(_ bytes: [UInt8], to path: String) throws(StorageError) {
        var failure: StorageError?
        bytes.withUnsafeBytes { bytes in
            do throws(StorageError) { try writeAtomically(bytes, to: path) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
