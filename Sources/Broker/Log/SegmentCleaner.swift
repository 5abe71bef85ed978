import Storage

/// Writes segments anew without the records that later ones replace.
struct SegmentCleaner {
    let log: PartitionLog
    let map: KeyMap
    /// What the log knew when cleaning began.
    let live: LogCheckpoint
    let settings: LogSettings
    let now: Int64

    static func isAborted(_ header: RecordBatchHeader, _ aborted: [AbortedTransaction]) -> Bool {
        guard header.attributes.isTransactional, !header.attributes.isControl else { return false }
        var (low, high) = (0, aborted.count)
        while low < high {
            let middle = (low + high) / 2
            if aborted[middle].lastOffset < header.baseOffset { low = middle + 1 } else { high = middle }
        }
        return aborted[low...].contains {
            $0.producerID == header.producerID && $0.firstOffset <= header.baseOffset
        }
    }

    /// Puts one cleaned segment in the place of neighbours; gives bytes read and written.
    func replace(_ group: [Segment]) throws(LogError) -> (read: Int, written: Int) {
        guard let first = group.first, let last = group.last else { return (0, 0) }
        // To the next segment's base, so that no offset lies between two ranges.
        let end = log.withState { log.segments.first { $0.baseOffset > last.baseOffset }?.baseOffset }
        let swap = SegmentSwap(
            directory: log.directory, files: log.files, range: first.baseOffset..<(end ?? last.endOffset))
        var index = SegmentIndex(baseOffset: first.baseOffset)
        let read = group.reduce(0) { $0 + $1.byteCount }
        let target = try LogError.onDisk { () throws(StorageError) in try log.files.create(swap.cleanedPath) }
        defer { target.close() }
        for segment in group { try copy(segment, to: target, &index) }
        index.head.endOffset = max(index.head.endOffset, last.endOffset)
        try LogError.onDisk { () throws(StorageError) in
            try target.synchronise()
            try swap.commit()
        }
        try log.whileWriting { () throws(LogError) in
            let segment = Segment(index.head, LogFile(swap.logPath, log.pool))
            do throws(StorageError) {
                // Who is reading an old file must not find itself in the new one.
                for segment in group { try segment.file.pin() }
                try swap.finish()
                try log.files.writeAtomically(
                    index.encoded(), to: SegmentNames.index(ofLog: swap.logPath))
            } catch {
                // Half of the swap is done; opening the log anew does the rest.
                log.stop("compaction could not put a segment in its place: \(error.reason)")
                throw .storage(error)
            }
            log.withState {
                log.segments.removeAll { old in group.contains { $0 === old } }
                let place = log.segments.firstIndex { $0.baseOffset > segment.baseOffset } ?? 0
                log.segments.insert(segment, at: place)
            }
        }
        for segment in group { segment.file.retire() }
        return (read, index.head.byteCount)
    }

    private func copy(
        _ segment: Segment, to target: any WritableFile, _ index: inout SegmentIndex
    ) throws(LogError) {
        var scan = SegmentScan(segment.file, to: segment.byteCount)
        while let header = try LogError.onDisk({ () throws(StorageError) in try scan.next() }) {
            let kept = try LogError.onRecords { () throws(RecordError) in
                try scan.withCurrent { batch throws(RecordError) in try cleaned(batch) }
            }
            guard let kept else { continue }
            try LogError.onDisk { () throws(StorageError) in
                var failure: StorageError?
                kept.withUnsafeBytes { bytes in
                    do throws(StorageError) { try target.write(bytes) } catch { failure = error }
                }
                if let failure { throw failure }
            }
            let written = try LogError.onRecords { () throws(RecordError) in
                var found = header
                try SegmentCleaner.with(kept) { bytes throws(RecordError) in
                    found = try RecordBatchHeader(bytes)
                }
                return found
            }
            index.add(written, intervalBytes: settings.indexIntervalBytes)
        }
        if scan.damage != nil {
            throw .storage(.unavailable(path: segment.file.path, reason: scan.damage ?? "damaged"))
        }
    }

    private static func with(
        _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(RecordError) -> Void
    ) throws(RecordError) {
        var failure: RecordError?
        bytes.withUnsafeBytes { bytes in
            do throws(RecordError) { try body(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// The batch with what stays of it; nil where nothing does.
    private func cleaned(_ batch: RecordBatch) throws(RecordError) -> [UInt8]? {
        let header = batch.header
        let horizon = header.attributes.hasDeleteHorizon ? header.baseTimestamp : nil
        let isPast = horizon.map { $0 <= now } ?? false
        if SegmentCleaner.isAborted(header, live.aborted) { return try emptied(header) }
        // Without records from an earlier pass: kept while it is its producer's last.
        if header.recordCount == 0 { return try emptied(header) }
        if header.attributes.isControl {
            if isPast { return try emptied(header) }
            return horizon == nil ? try rebuilt(batch, withHorizon: true) { _ in true } : Array(batch.bytes)
        }
        var kept: [Bool] = []
        var hasTombstone = false
        try batch.forEachRecord(limit: settings.maxUnpackedBytes) { record throws(RecordError) in
            var stays = record.offset >= live.logStartOffset
            if stays, let key = record.key {
                // Strictly later only: the record at the offset itself is the last one of its key.
                stays = (map.lastOffset(of: key) ?? -1) <= record.offset
                if record.value == nil {
                    stays = stays && !isPast
                    hasTombstone = hasTombstone || stays
                }
            }
            kept.append(stays)
        }
        guard kept.contains(true) else { return try emptied(header) }
        let needsHorizon = hasTombstone && horizon == nil
        if !kept.contains(false), !needsHorizon { return Array(batch.bytes) }
        var position = -1
        return try rebuilt(batch, withHorizon: needsHorizon) { _ in
            position += 1
            return kept[position]
        }
    }

    private func rebuilt(
        _ batch: RecordBatch, withHorizon: Bool, _ isKept: (Record) -> Bool
    ) throws(RecordError) -> [UInt8] {
        let header = batch.header
        let (horizon, isNever) = now.addingReportingOverflow(settings.deleteRetentionMilliseconds)
        let base = withHorizon ? isNever ? Int64.max : horizon : header.baseTimestamp
        var builder = RecordBatchBuilder(baseOffset: header.baseOffset, baseTimestamp: base)
        var maxTimestamp = Int64.min
        try batch.forEachRecord(limit: settings.maxUnpackedBytes) { record throws(RecordError) in
            guard isKept(record) else { return }
            builder.add(record)
            maxTimestamp = max(maxTimestamp, record.timestamp)
        }
        let count = builder.header.recordCount
        builder.header = header
        builder.header.recordCount = count
        builder.header.baseTimestamp = base
        builder.header.maxTimestamp = maxTimestamp
        if withHorizon { builder.header.attributes.hasDeleteHorizon = true }
        builder.lastOffset = header.lastOffset
        return try builder.finish(header.attributes.compression ?? .none)
    }

    /// Nothing, or the bare header where it is the last that tells of its producer's sequence.
    private func emptied(_ header: RecordBatchHeader) throws(RecordError) -> [UInt8]? {
        guard let producer = live.producers[header.producerID], !header.attributes.isControl,
            producer.lastDataOffset == header.lastOffset
        else { return nil }
        var builder = RecordBatchBuilder(baseOffset: header.baseOffset)
        builder.header = header
        builder.header.recordCount = 0
        builder.lastOffset = header.lastOffset
        return try builder.finish()
    }
}
