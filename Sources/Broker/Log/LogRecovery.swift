import Storage

/// Opens the log of a partition as a crash, or a clean stop, has left it.
///
/// 1. Unfinished swaps of compaction are finished, or forgotten.
/// 2. Sealed segments are taken at the word of their indexes; what lies behind the checkpoint is read, every
///    CRC checked, and the producers' state made from it.
/// 3. The end of the last segment is cut where the first batch is not whole, and that is reported.
/// Without a checkpoint the whole log is read.
struct LogRecovery {
    private let directory: String
    private let pool: OpenFiles
    private let settings: LogSettings
    private var report = RecoveryReport()
    private var live = LogCheckpoint()
    private var isFresh = false
    private var files: any FileSystem { pool.files }

    static func open(
        _ directory: String, _ pool: OpenFiles, _ settings: LogSettings, isFresh: Bool
    ) throws(LogError) -> PartitionLog {
        var recovery = LogRecovery(directory: directory, pool: pool, settings: settings)
        recovery.isFresh = isFresh
        return try LogError.onDisk { () throws(StorageError) in try recovery.run() }
    }

    private init(directory: String, pool: OpenFiles, settings: LogSettings) {
        self.directory = directory
        self.pool = pool
        self.settings = settings
    }

    private mutating func run() throws(StorageError) -> PartitionLog {
        try files.createDirectory(directory)
        pool.sharedFlush.checkDevice(try files.status(directory)?.device)
        try finishSwaps()
        let checkpointPath = Path.join(directory, SegmentNames.checkpoint)
        let saved =
            try files.status(checkpointPath) == nil
            ? nil : LogCheckpoint(try files.read(checkpointPath))
        var offsets = try files.list(directory).compactMap { SegmentNames.offset(ofLog: $0.name) }.sorted()
        if let saved { try removeDeleted(&offsets, before: saved.logStartOffset) }
        if offsets.isEmpty {
            // Where a deletion took all, or nothing was ever there.
            live = saved ?? live
            let start = max(live.offset, live.logStartOffset)
            live.offset = start
            live.logStartOffset = start
            try create(start)
            isFresh = true
            offsets = [start]
        }
        var segments = try segments(offsets, saved)
        if segments == nil {
            report = RecoveryReport(isRebuilt: true)
            live = LogCheckpoint()
            live.logStartOffset = max(saved?.logStartOffset ?? 0, offsets[0])
            live.cleanedOffset = saved?.cleanedOffset ?? 0
            segments = try readAll(offsets)
        }
        guard let segments, let last = segments.last else {
            throw .invalid(path: directory, reason: "it holds no segment")
        }
        live.logStartOffset = max(live.logStartOffset, segments[0].baseOffset)
        live.offset = max(live.offset, last.endOffset, live.logStartOffset)
        // What was read, and a name, may be in the system's memory only; what was just made is not.
        if report.readByteCount > 0 { try last.file.synchronise() }
        if !isFresh { try files.synchroniseDirectory(directory) }
        let log = PartitionLog(directory, pool, settings, segments: segments, live: live, report: report)
        let isEmpty = saved == nil && live.offset == segments[0].baseOffset
        if report.readByteCount == 0, !report.isRebuilt, isEmpty || saved?.offset == live.offset {
            // All that the log knows is written already.
            log.checkpointedOffset = live.offset
        }
        return log
    }

    /// From the checkpoint on; nil where it does not fit what is there.
    private mutating func segments(
        _ offsets: [Int64], _ saved: LogCheckpoint?
    ) throws(StorageError) -> [Segment]? {
        let last = offsets[offsets.count - 1]
        guard let saved else {
            // A log that has never been written to has nothing to read.
            guard offsets.count == 1, try size(last) == 0 else { return nil }
            live.logStartOffset = last
            live.offset = last
            return [Segment(SegmentIndex(baseOffset: last), file(last))]
        }
        guard saved.offset >= last else { return nil }
        live = saved
        var segments: [Segment] = []
        for offset in offsets.dropLast() {
            guard let head = try head(offset), try size(offset) == head.fileByteCount else { return nil }
            segments.append(Segment(head, file(offset)))
        }
        let size = try size(last)
        var index = try index(last) ?? SegmentIndex(baseOffset: last)
        if index.head.byteCount > size { index = SegmentIndex(baseOffset: last) }
        let segment = try read(last, index, isLast: true, from: saved.offset)
        // Less is there than was durable: the checkpoint knows of batches that are gone.
        guard segment.endOffset >= saved.offset || saved.offset == last else { return nil }
        return segments + [segment]
    }

    private mutating func readAll(_ offsets: [Int64]) throws(StorageError) -> [Segment] {
        var segments: [Segment] = []
        for offset in offsets {
            let isLast = offset == offsets.last
            let segment = try read(offset, SegmentIndex(baseOffset: offset), isLast: isLast, from: 0)
            if !isLast {
                let index = try segment.loadedIndex(files, intervalBytes: settings.indexIntervalBytes)
                try files.writeAtomically(index.encoded(), to: SegmentNames.index(ofLog: segment.file.path))
            }
            segments.append(segment)
        }
        return segments
    }

    /// Reads a segment behind what its index knows; batches from `offset` on are news to the log.
    private mutating func read(
        _ base: Int64, _ known: SegmentIndex, isLast: Bool, from offset: Int64
    ) throws(StorageError) -> Segment {
        var index = known
        let file = file(base)
        let status = try files.status(file.path)
        let size = status?.size ?? 0
        // The latest that a batch in it can have come: when each did, nothing tells.
        let writtenAt = (status?.modificationNanoseconds ?? 0) / 1_000_000
        var scan = SegmentScan(file, from: index.head.byteCount, to: size)
        var position = scan.position
        var reason: String?
        while let header = try scan.next(checkingChecksum: true) {
            guard header.baseOffset >= index.head.endOffset else {
                reason = "a batch at offset \(header.baseOffset) behind \(index.head.endOffset)"
                break
            }
            var mark: TransactionMark?
            if header.attributes.isControl, header.recordCount > 0 {
                mark = try? scan.withCurrent { batch throws(RecordError) in try TransactionMark(batch) }
            }
            if header.baseOffset >= offset {
                live.note(header, mark, at: max(writtenAt, header.maxTimestamp))
            }
            index.add(header, intervalBytes: settings.indexIntervalBytes)
            position = scan.position
        }
        report.readByteCount += size - known.head.byteCount
        index.head.fileByteCount = size
        if position < size {
            let reason = reason ?? scan.damage ?? "unreadable bytes"
            if isLast {
                file.close()
                try files.truncate(file.path, to: position)
                index.head.fileByteCount = position
                report.cut = .init(
                    file: Path.name(of: file.path), offset: index.head.endOffset,
                    byteCount: size - position, reason: reason)
            } else {
                report.damages.append(
                    .init(
                        file: Path.name(of: file.path), offset: index.head.endOffset,
                        byteCount: size - position, reason: reason))
            }
        }
        return Segment(index, file)
    }

    /// Segments below the log's start: their removal was decided and did not come to its end.
    private func removeDeleted(_ offsets: inout [Int64], before start: Int64) throws(StorageError) {
        while offsets.count > 1, offsets[1] <= start {
            try removeSegment(offsets.removeFirst())
        }
    }

    private func removeSegment(_ offset: Int64) throws(StorageError) {
        let path = Path.join(directory, SegmentNames.log(offset))
        if try files.status(path) != nil { try files.remove(path) }
        let index = SegmentNames.index(ofLog: path)
        if try files.status(index) != nil { try files.remove(index) }
    }

    /// A `.swap` file is whole: it takes the place of the segments whose range its name tells.
    private func finishSwaps() throws(StorageError) {
        let names = try files.list(directory).map(\.name)
        for name in names where name.hasSuffix(SegmentNames.cleaned) || name.hasSuffix(".tmp") {
            try files.remove(Path.join(directory, name))
        }
        for name in names {
            guard let range = SegmentNames.range(ofSwap: name) else { continue }
            try SegmentSwap(directory: directory, files: files, range: range).finish()
        }
    }

    private func create(_ offset: Int64) throws(StorageError) {
        try files.create(Path.join(directory, SegmentNames.log(offset))).close()
        try files.synchroniseDirectory(directory)
    }

    private func file(_ offset: Int64) -> LogFile {
        LogFile(Path.join(directory, SegmentNames.log(offset)), pool)
    }

    private func size(_ offset: Int64) throws(StorageError) -> Int {
        try files.status(Path.join(directory, SegmentNames.log(offset)))?.size ?? 0
    }

    /// The head of a segment's index alone, if it is there, whole, and of this segment.
    private func head(_ offset: Int64) throws(StorageError) -> SegmentIndex.Head? {
        let path = SegmentNames.index(ofLog: Path.join(directory, SegmentNames.log(offset)))
        guard try files.status(path) != nil else { return nil }
        let file = try files.open(path)
        defer { file.close() }
        var bytes = [UInt8](repeating: 0, count: SegmentIndex.headByteCount)
        var count = 0
        var failure: StorageError?
        bytes.withUnsafeMutableBytes { bytes in
            do throws(StorageError) { count = try file.read(at: 0, into: bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        guard count == bytes.count, let head = SegmentIndex.head(bytes), head.baseOffset == offset else {
            return nil
        }
        return head
    }

    private func index(_ offset: Int64) throws(StorageError) -> SegmentIndex? {
        let path = SegmentNames.index(ofLog: Path.join(directory, SegmentNames.log(offset)))
        guard try files.status(path) != nil else { return nil }
        let index = SegmentIndex(try files.read(path))
        return index?.head.baseOffset == offset ? index : nil
    }
}

extension PartitionLog {
    /// Opens the log in a directory, which is made if it is not there; see `report` for what was wrong.
    ///
    /// - Parameter isFresh: it was made by this process, and is durable.
    static func open(
        _ directory: String, _ pool: OpenFiles, _ settings: LogSettings = LogSettings(), isFresh: Bool = false
    ) throws(LogError) -> PartitionLog {
        try LogRecovery.open(directory, pool, settings, isFresh: isFresh)
    }

    /// Makes what is opened as a new log in each of many directories, together: that costs the disk little
    /// more than one. Those that are there already stay.
    static func prepare(_ directories: [String], in parent: String, _ pool: OpenFiles) throws(StorageError) {
        try pool.files.createDirectories(directories, in: parent)
        for directory in directories {
            let path = Path.join(directory, SegmentNames.log(0))
            if try pool.files.list(directory).isEmpty { try pool.files.create(path).close() }
        }
        if pool.sharedFlush.isQuicker(than: directories.count), pool.sharedFlush.synchronise() { return }
        for directory in directories { try pool.files.synchroniseDirectory(directory) }
    }
}
