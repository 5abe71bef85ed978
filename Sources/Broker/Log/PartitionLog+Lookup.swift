import Storage

extension PartitionLog {
    struct TimedOffset: Equatable, Sendable {
        let timestamp: Int64
        let offset: Int64
    }

    /// The first record of a time or a later one, of those that a reader sees; nil where all are earlier.
    func firstOffset(
        atOrAfter time: Int64, isolation: Isolation = .uncommitted
    ) throws(LogError) -> TimedOffset? {
        var attempt = 0
        while true {
            attempt += 1
            let (places, upper, logStart) = try withState { () throws(LogError) in
                let bounds = boundsLocked
                var places: [Place] = []
                for segment in segments where segment.head.maxTimestamp >= time {
                    let table = try LogError.onDisk { () throws(StorageError) in
                        try segment.loadedIndex(files, intervalBytes: settings.indexIntervalBytes)
                    }
                    places.append(place(at: segment, position: table.position(ofTime: time)))
                }
                let upper = isolation == .committed ? bounds.lastStable : bounds.highWatermark
                return (places, upper, bounds.logStart)
            }
            do throws(StorageError) {
                for place in places {
                    if let found = try first(in: place, atOrAfter: time, from: logStart, before: upper) {
                        return found
                    }
                }
                return nil
            } catch {
                guard case .missing = error, attempt < PartitionLog.readAttempts else {
                    throw .storage(error)
                }
            }
        }
    }

    private func first(
        in place: Place, atOrAfter time: Int64, from start: Int64, before upper: Int64
    ) throws(StorageError) -> TimedOffset? {
        var scan = SegmentScan(place.file, from: place.position, to: place.end, pieceByteCount: 64 << 10)
        while let header = try scan.next(), header.baseOffset < upper {
            guard header.maxTimestamp >= time, header.lastOffset >= start else { continue }
            var found: TimedOffset?
            // A batch that cannot be read is the reader's to find out: here its first offset will do.
            do throws(RecordError) {
                try scan.withCurrent { batch throws(RecordError) in
                    try batch.forEachRecord { record throws(RecordError) in
                        if found == nil, record.timestamp >= time, record.offset >= start {
                            found = TimedOffset(timestamp: record.timestamp, offset: record.offset)
                        }
                    }
                }
            } catch {
                found = TimedOffset(timestamp: header.maxTimestamp, offset: max(header.baseOffset, start))
            }
            if let found { return found }
        }
        return nil
    }

    /// The offset of the latest record by time, and that time; nil for an empty log.
    func offsetOfMaxTimestamp() throws(LogError) -> TimedOffset? {
        let greatest = withState { segments.map(\.head.maxTimestamp).max() ?? .min }
        guard greatest > .min else { return nil }
        return try firstOffset(atOrAfter: greatest)
    }
}
