import Storage

extension PartitionLog {
    /// How often files may vanish under one read before it is an error.
    static let readAttempts = 20

    enum Isolation: Sendable {
        /// All before the high watermark.
        case uncommitted
        /// What lies before the last stable offset, with a list of the transactions to leave out.
        case committed
    }

    struct Fetched: Equatable, Sendable {
        /// Whole batches, as they are in the log; the first may begin before the offset asked for.
        let bytes: [UInt8]
        /// Behind the last of them; the offset asked for if there are none.
        let nextOffset: Int64
        let bounds: Bounds
        /// For `committed`: those that touch what was read, by their last offset.
        let aborted: [AbortedTransaction]
    }

    /// Reads from an offset on.
    ///
    /// - Parameters:
    ///   - maxBytes: of whole batches, at most.
    ///   - alwaysOne: the first batch even if it alone is larger: else a reader could never get past it.
    /// - Throws: `offsetOutOfRange` below the log's start and above its end.
    func fetch(
        from offset: Int64, maxBytes: Int, isolation: Isolation = .uncommitted, alwaysOne: Bool = true
    ) throws(LogError) -> Fetched {
        let (found, bounds) = try search(from: offset, isolation) { place, upper throws(StorageError) in
            try read(place, from: offset, before: upper, maxBytes: maxBytes, alwaysOne: alwaysOne)
        }
        guard let found else {
            return Fetched(bytes: [], nextOffset: offset, bounds: bounds, aborted: [])
        }
        let aborted =
            isolation == .committed ? abortedTransactions(from: offset, before: found.nextOffset) : []
        return Fetched(bytes: found.bytes, nextOffset: found.nextOffset, bounds: bounds, aborted: aborted)
    }

    /// The first thing that `body` finds in the segments from an offset on, before what readers may see.
    func search<Found>(
        from offset: Int64, _ isolation: Isolation,
        _ body: (_ place: Place, _ upper: Int64) throws(StorageError) -> Found?
    ) throws(LogError) -> (found: Found?, bounds: Bounds) {
        // A second look finds what compaction or retention has put in the place of what was read.
        var attempt = 0
        while true {
            attempt += 1
            let (start, bounds, upper) = try withState { () throws(LogError) in
                let bounds = boundsLocked
                guard offset >= bounds.logStart, offset <= bounds.logEnd else {
                    throw .offsetOutOfRange(start: bounds.logStart, end: bounds.logEnd)
                }
                let upper = isolation == .committed ? bounds.lastStable : bounds.highWatermark
                return (try place(of: offset, before: upper), bounds, upper)
            }
            guard var place = start else { return (nil, bounds) }
            do throws(StorageError) {
                while true {
                    if let found = try body(place, upper) { return (found, bounds) }
                    guard let next = place.next, next.baseOffset < upper else { return (nil, bounds) }
                    place = withState { self.place(at: next, position: 0) }
                }
            } catch {
                guard case .missing = error, attempt < PartitionLog.readAttempts else {
                    throw .storage(error)
                }
            }
        }
    }

    /// Where to begin to look: a segment, a place in it, and how many bytes of it count.
    struct Place {
        let file: LogFile
        let position: Int
        let end: Int
        let next: Segment?
    }

    /// Under the lock of state.
    func place(of offset: Int64, before upper: Int64) throws(LogError) -> Place? {
        guard offset < upper, let index = segments.lastIndex(where: { $0.baseOffset <= offset }) else {
            return nil
        }
        let segment = segments[index]
        let table = try LogError.onDisk { () throws(StorageError) in
            try segment.loadedIndex(files, intervalBytes: settings.indexIntervalBytes)
        }
        return place(at: segment, position: table.position(of: offset))
    }

    /// Under the lock of state.
    func place(at segment: Segment, position: Int) -> Place {
        let next = segments.first { $0.baseOffset > segment.baseOffset }
        return Place(file: segment.file, position: position, end: segment.byteCount, next: next)
    }

    /// nil where the segment has nothing at or behind the offset.
    private func read(
        _ place: Place, from offset: Int64, before upper: Int64, maxBytes: Int, alwaysOne: Bool
    ) throws(StorageError) -> (bytes: [UInt8], nextOffset: Int64)? {
        var scan = SegmentScan(place.file, from: place.position, to: place.end, pieceByteCount: 8 << 10)
        var start = place.position
        // The header alone says where the next one is.
        guard
            let first = try scan.skip(until: { $0.lastOffset >= offset }, start: &start),
            first.baseOffset < upper
        else { return nil }
        var wanted = min(max(maxBytes, RecordBatchHeader.byteCount), place.end - start)
        if first.byteCount > wanted, alwaysOne { wanted = min(first.byteCount, place.end - start) }
        var bytes = try place.file.read(at: start, count: wanted)
        var whole = 0
        var nextOffset = offset
        bytes.withUnsafeBytes { bytes in
            while let header = try? RecordBatchHeader(UnsafeRawBufferPointer(rebasing: bytes[whole...])),
                header.byteCount <= bytes.count - whole, header.baseOffset < upper,
                // The CRC does not cover the offset: one that a bad disk has set back would lead readers in a
                // circle.
                whole == 0 || header.baseOffset >= nextOffset,
                whole + header.byteCount <= maxBytes || whole == 0 && alwaysOne
            {
                whole += header.byteCount
                nextOffset = header.nextOffset
            }
        }
        bytes.removeLast(bytes.count - whole)
        return (bytes, nextOffset)
    }

    /// Transactions taken back whose records may lie in the range.
    func abortedTransactions(from offset: Int64, before end: Int64) -> [AbortedTransaction] {
        withState {
            let list = live.aborted
            var (low, high) = (0, list.count)
            while low < high {
                let middle = (low + high) / 2
                if list[middle].lastOffset < offset { low = middle + 1 } else { high = middle }
            }
            return list[low...].filter { $0.firstOffset < end }
        }
    }
}

extension SegmentScan {
    /// Goes to the first batch for which `isWanted` holds, by the headers alone; `start` is where it begins.
    mutating func skip(
        until isWanted: (RecordBatchHeader) -> Bool, start: inout Int
    ) throws(StorageError) -> RecordBatchHeader? {
        while true {
            start = position
            guard let header = try nextHeader() else { return nil }
            if isWanted(header) { return header }
        }
    }
}
