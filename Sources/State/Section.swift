import Columnar
import Glibc

/// A store's records in one file, as the store's owner uses them.
///
/// Index and filter are in memory only while the store is not: that is, after `open`.
final class Section {
    let file: SegmentFile
    let info: SectionInfo
    let format: RecordFormat
    /// Whether it holds what the epoch that has not ended has changed.
    var isOfOpenEpoch: Bool

    private var index: ByteBuffer?
    private var touched: UInt8 = 0
    private(set) var filter: KeyFilter?
    /// A timer block known to hold nothing before this expiry, or to be the end.
    private(set) var nextTimer = Int64.min

    /// - Parameter index: nil if the section is not open.
    init(
        _ file: SegmentFile, _ info: SectionInfo, _ format: RecordFormat, _ index: SectionIndex? = nil,
        isOfOpenEpoch: Bool = false
    ) {
        self.file = file
        self.info = info
        self.format = format
        self.isOfOpenEpoch = isOfOpenEpoch
        self.index = index?.blocks
        filter = index?.filter
    }

    var memoryBytes: Int {
        256 + info.sampledExpiries.count * 8 + (index?.capacity ?? 0) + (filter?.byteCount ?? 0)
    }

    func open() throws(StateError) {
        guard filter == nil else { return }
        precondition(info.isOrdered, "only ordered sections are opened")
        let index = ByteBuffer(capacity: info.indexBytes)
        let start = index.extend(by: info.indexBytes)
        try file.read(
            at: info.start + info.indexOffset,
            into: UnsafeMutableRawBufferPointer(start: start, count: info.indexBytes))
        let body = UnsafeRawBufferPointer(start: start, count: info.indexBytes - 8)
        let filter = KeyFilter(byteCount: info.filterBytes)
        try file.read(
            at: info.start + info.filterOffset,
            into: UnsafeMutableRawBufferPointer(start: filter.lines, count: filter.byteCount))
        guard (start + body.count).loadUnaligned(as: UInt64.self) == StateFormat.checksum(body),
            StateFormat.checksum(filter.bytes) == info.filterChecksum
        else { throw .corrupt(path: file.path, reason: "an index does not match its checksum") }
        self.index = index
        self.filter = filter
    }

    func close() {
        index = nil
        filter = nil
        nextTimer = .min
    }

    /// Takes the outcome of reads made for their effect on the cache, so that they are made.
    @inline(never)
    func note(_ bits: UInt8) { touched = bits }

    /// The key's record, which is valid until `reader` reads again.
    func find(_ key: Fingerprint, _ reader: BlockReader) throws(StateError) -> Record? {
        guard let index, info.blockCount > 0 else { return nil }
        // The last block whose first key is not behind the key.
        var low = 0
        var high = info.blockCount
        while low < high {
            let middle = (low + high) / 2
            if Fingerprint.precedes(key, firstKey(index, middle)) { high = middle } else { low = middle + 1 }
        }
        guard low > 0 else { return nil }
        let start = blockStart(index, low - 1)
        let end = low < info.blockCount ? blockStart(index, low) : info.timerOffset
        try reader.read(file, at: info.start + start, count: end - start)
        let records = reader.records
        var position = 0
        for _ in 0..<reader.recordCount {
            guard let record = try record(records, position) else { break }
            let found = record.key
            if found == key { return record }
            if Fingerprint.precedes(key, found) { return nil }
            position += record.size
        }
        return nil
    }

    /// Appends the timers behind `after` and up to `watermark`.
    func collectTimers(
        after: Int64, upTo watermark: Int64, _ reader: BlockReader, into timers: inout [Timer]
    ) throws(StateError) {
        guard let index, info.timerBlockCount > 0, nextTimer <= watermark else { return }
        // The first block that may hold something behind `after`: the one before the first that starts behind
        // it.
        var low = 0
        var high = info.timerBlockCount
        while low < high {
            let middle = (low + high) / 2
            if firstTimer(index, middle) > after { high = middle } else { low = middle + 1 }
        }
        for block in max(0, low - 1)..<info.timerBlockCount {
            if firstTimer(index, block) > watermark {
                nextTimer = firstTimer(index, block)
                return
            }
            let start = timerStart(index, block)
            let end = block + 1 < info.timerBlockCount ? timerStart(index, block + 1) : info.indexOffset
            try reader.read(file, at: info.start + start, count: end - start)
            let records = reader.records
            for position in stride(
                from: 0, through: records.count - StateFormat.timerBytes, by: StateFormat.timerBytes)
            {
                let expiry = records.loadUnaligned(fromByteOffset: position, as: Int64.self)
                if expiry > watermark {
                    nextTimer = expiry
                    return
                }
                guard expiry > after else { continue }
                let key = records.loadUnaligned(fromByteOffset: position + 8, as: Fingerprint.self)
                timers.append(Timer(expiry: expiry, key: key))
            }
        }
        nextTimer = .max
    }

    private func record(_ records: UnsafeRawBufferPointer, _ position: Int) throws(StateError) -> Record? {
        guard let base = records.baseAddress, position < records.count else { return nil }
        guard let size = format.size(of: base + position, limit: records.count - position) else {
            throw .corrupt(path: file.path, reason: "a record is longer than its block")
        }
        return Record(pointer: base + position, size: size)
    }

    private func firstKey(_ index: ByteBuffer, _ block: Int) -> Fingerprint {
        index.pointer.load(fromByteOffset: block * SectionInfo.indexEntryBytes, as: Fingerprint.self)
    }

    private func blockStart(_ index: ByteBuffer, _ block: Int) -> Int {
        Int(
            truncatingIfNeeded: index.pointer.load(
                fromByteOffset: block * SectionInfo.indexEntryBytes + 16, as: UInt64.self))
    }

    private func timerEntry(_ index: ByteBuffer, _ block: Int) -> UnsafeMutableRawPointer {
        index.pointer + info.blockCount * SectionInfo.indexEntryBytes + block
            * SectionInfo.timerIndexEntryBytes
    }

    private func firstTimer(_ index: ByteBuffer, _ block: Int) -> Int64 {
        timerEntry(index, block).load(as: Int64.self)
    }

    private func timerStart(_ index: ByteBuffer, _ block: Int) -> Int {
        Int(truncatingIfNeeded: timerEntry(index, block).load(fromByteOffset: 8, as: UInt64.self))
    }
}
