import Storage

extension PartitionLog {
    /// Deletes what is before `offset`: readers no longer see it when this returns, segments that lie before
    /// it whole are gone. -1 stands for the high watermark.
    ///
    /// Returns the log's start afterwards.
    func deleteRecords(before offset: Int64) throws(LogError) -> Int64 {
        maintenance._unsafeLock()
        defer { maintenance._unsafeUnlock() }
        return try whileWriting { () throws(LogError) in
            let bounds = withState { boundsLocked }
            let start = offset == -1 ? bounds.highWatermark : offset
            guard start >= 0, start <= bounds.highWatermark else {
                throw .offsetOutOfRange(start: bounds.logStart, end: bounds.highWatermark)
            }
            if start > bounds.logStart { try moveStart(to: start) }
            return withState { live.logStartOffset }
        }
    }

    /// Deletes segments that are too old, or too many, by the settings; returns how many went.
    ///
    /// `now`: milliseconds since the epoch, against the records' times.
    func applyRetention(now: Int64) throws(LogError) -> Int {
        maintenance._unsafeLock()
        defer { maintenance._unsafeUnlock() }
        return try whileWriting { () throws(LogError) in
            guard stopReason == nil, settings.isDeleted else { return 0 }
            let before = segments.count
            var start = live.logStartOffset
            var left = segments.reduce(0) { $0 + $1.byteCount }
            for segment in segments {
                let isOld =
                    settings.retentionMilliseconds.map { segment.head.maxTimestamp < now - $0 } ?? false
                let isTooMuch = settings.retentionBytes.map { left - segment.byteCount >= $0 } ?? false
                guard segment.byteCount > 0, isOld || isTooMuch,
                    segment.endOffset <= boundsLocked.highWatermark
                else { break }
                // All the log is too old: what comes next begins a segment of its own.
                if segment === active {
                    guard isOld else { break }
                    try roll()
                }
                start = segment.endOffset
                left -= segment.byteCount
            }
            if start > live.logStartOffset { try moveStart(to: start) }
            return before - segments.count
        }
    }

    /// Under the locks of maintenance and writing.
    private func moveStart(to start: Int64) throws(LogError) {
        let before = withState {
            let before = live
            live.logStartOffset = start
            live.forget(before: start)
            return before
        }
        do throws(LogError) {
            // Durable before anything is removed: a start after a crash removes what was left over.
            try checkpoint()
        } catch {
            withState { live = before }
            throw error
        }
        let gone = withState {
            var gone: [Segment] = []
            while segments.count > 1, segments[1].baseOffset <= start { gone.append(segments.removeFirst()) }
            return gone
        }
        try LogError.onDisk { () throws(StorageError) in
            for segment in gone {
                segment.file.retire()
                try files.remove(segment.file.path)
                let index = SegmentNames.index(ofLog: segment.file.path)
                if try files.status(index) != nil { try files.remove(index) }
            }
            if !gone.isEmpty { try files.synchroniseDirectory(directory) }
        }
    }

    /// What a log needs from time to time: flush, checkpoint, forgotten producers, memory of indexes.
    func tick(now: Int64) throws(LogError) {
        try synchroniseIfDue(now: now)
        try whileWriting { () throws(LogError) in
            withState {
                live.producers.forget(silentSince: now - settings.producerExpirationMilliseconds)
                for segment in segments.dropLast() { segment.dropIndex() }
            }
            try restIfIdle()
        }
    }

    /// Gives back what a log holds that nothing was appended to since the last tick.
    private func restIfIdle() throws(LogError) {
        guard live.offset == offsetAtTick else {
            offsetAtTick = live.offset
            return
        }
        let active = active
        guard stopReason == nil, active.indexEntryCount > PartitionLog.idleIndexEntries else { return }
        // On disk first: it is read again from there.
        if checkpointedOffset != live.offset { try checkpoint() }
        withState { active.dropIndex() }
    }

    /// Entries of the active segment's index that an idle log may keep in memory.
    private static let idleIndexEntries = 64
}
