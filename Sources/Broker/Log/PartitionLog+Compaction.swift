import Storage

extension PartitionLog {
    struct Compacted: Equatable, Sendable {
        var readBytes = 0
        var writtenBytes = 0
        /// Offset before which every key has one record at most.
        var cleanedOffset: Int64 = 0
    }

    /// Keeps the last record of each key in all segments but the active one; nil where too little is to do.
    ///
    /// What lies behind the first open transaction, or is younger than the lag, is left. Records of
    /// transactions that were taken back go; tombstones and marks go `deleteRetentionMilliseconds` after they
    /// were first passed. Offsets stay. Memory: `cleanerMapBytes` and the keys of one segment. Readers go on.
    func compact(now: Int64, isForced: Bool = false) throws(LogError) -> Compacted? {
        maintenance._unsafeLock()
        defer { maintenance._unsafeUnlock() }
        let work = withState { cleanableSegments(now: now) }
        guard work.dirty.contains(where: { $0.byteCount > 0 }) else { return nil }
        if !isForced {
            let dirty = work.dirty.reduce(0) { $0 + $1.byteCount }
            let all = dirty + work.clean.reduce(0) { $0 + $1.byteCount }
            let ratio = withState { self.settings.minCleanableRatio }
            guard Double(dirty) >= Double(all) * ratio else { return nil }
        }
        let (settings, live) = withState { () -> (LogSettings, LogCheckpoint) in (self.settings, self.live) }
        var map = KeyMap(limit: settings.cleanerMapBytes)
        var covered: [Segment] = []
        var end = live.cleanedOffset
        for segment in work.dirty {
            if map.isFull { break }
            try map.add(segment, live.aborted, settings)
            covered.append(segment)
            end = segment.endOffset
        }
        guard !covered.isEmpty else { return nil }
        var compacted = Compacted(cleanedOffset: end)
        for group in groups(work.clean + covered, settings) {
            let cleaner = SegmentCleaner(log: self, map: map, live: live, settings: settings, now: now)
            let (read, written) = try cleaner.replace(group)
            compacted.readBytes += read
            compacted.writtenBytes += written
        }
        try whileWriting { () throws(LogError) in
            withState { self.live.cleanedOffset = end }
            try checkpoint()
        }
        return compacted
    }

    /// Segments before the first that must not be touched: the clean ones, and those with something new.
    private func cleanableSegments(now: Int64) -> (clean: [Segment], dirty: [Segment]) {
        let limit = boundsLocked.lastStable
        let youngest = now - settings.minCompactionLagMilliseconds
        var clean: [Segment] = []
        var dirty: [Segment] = []
        for segment in segments.dropLast() {
            guard segment.endOffset <= limit,
                settings.minCompactionLagMilliseconds == 0 || segment.head.maxTimestamp <= youngest,
                // What is damaged stays as it is, and all behind it.
                segment.head.fileByteCount == segment.byteCount
            else { break }
            if segment.endOffset <= live.cleanedOffset {
                clean.append(segment)
            } else {
                dirty.append(segment)
            }
        }
        return (clean, dirty)
    }

    /// Neighbours that together are no larger than a segment may be become one.
    private func groups(_ segments: [Segment], _ settings: LogSettings) -> [[Segment]] {
        var groups: [[Segment]] = []
        var size = 0
        for segment in segments {
            if let first = groups.last?.first, size + segment.byteCount <= settings.segmentBytes,
                segment.endOffset - first.baseOffset < Int64(Int32.max)
            {
                groups[groups.count - 1].append(segment)
                size += segment.byteCount
            } else {
                groups.append([segment])
                size = segment.byteCount
            }
        }
        return groups
    }
}
