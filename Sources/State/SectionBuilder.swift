import Columnar
import Storage

/// Writes one store's section from records in ascending order of their keys, with what it takes to find
/// them.
final class SectionBuilder {
    private let writer: any SectionOutput
    private let tracksExpiry: Bool
    private let filter: KeyFilter
    private let block = ByteBuffer(capacity: StateFormat.blockBytes)
    private var blockRecords: UInt32 = 0
    private let index = ByteBuffer(capacity: 1024)
    private let timerIndex = ByteBuffer(capacity: 64)
    private var timers: [Timer] = []
    private var samples = ExpirySamples()
    private var info = SectionInfo()

    /// - Parameters:
    ///   - count: at least as many as there will be records.
    init(_ writer: any SectionOutput, store: UInt32, count: Int, tracksExpiry: Bool) {
        self.writer = writer
        self.tracksExpiry = tracksExpiry
        filter = KeyFilter(count: count)
        info.store = store
        info.start = writer.offset
    }

    var recordCount: Int { info.recordCount }

    /// Adds the record at `start`. Its timer is added too, unless those are merged by themselves.
    func add(_ start: UnsafeRawPointer, _ bytes: Int, collectsTimer: Bool = true) throws(StateError) {
        let record = Record(pointer: start, size: bytes)
        let key = record.key
        if blockRecords > 0, block.count + bytes > StateFormat.blockBytes { try closeBlock() }
        if blockRecords == 0 { appendToIndex(key) }
        block.append(start, bytes)
        blockRecords += 1
        info.recordCount += 1
        filter.add(key)
        let word = record.word
        guard word & EntryWord.removed == 0 else {
            info.tombstoneCount += 1
            return
        }
        let expiry = EntryWord.expiry(word)
        info.lastExpiry = max(info.lastExpiry, expiry)
        samples.add(expiry, record: info.recordCount)
        if tracksExpiry, collectsTimer, expiry != .max { timers.append(Timer(expiry: expiry, key: key)) }
    }

    /// Adds a timer; these come in order, behind all records.
    func addTimer(_ timer: Timer) throws(StateError) {
        if info.timerCount == 0 { try endRecords() }
        if blockRecords > 0, block.count + StateFormat.timerBytes > StateFormat.blockBytes {
            try closeBlock()
        }
        if blockRecords == 0 {
            withUnsafeBytes(of: (timer.expiry, UInt64(writer.offset - info.start))) {
                timerIndex.append($0.baseAddress.unsafelyUnwrapped, $0.count)
            }
            info.timerBlockCount += 1
        }
        withUnsafeBytes(of: (timer.expiry, timer.key.low, timer.key.high)) {
            block.append($0.baseAddress.unsafelyUnwrapped, $0.count)
        }
        blockRecords += 1
        info.timerCount += 1
    }

    /// Writes what stands behind the records.
    func finish() throws(StateError) -> SectionInfo {
        timers.sort(by: Timer.precedes)
        for timer in timers { try addTimer(timer) }
        if info.timerCount == 0 { try endRecords() }
        try closeBlock()
        info.indexOffset = writer.offset - info.start
        index.append(timerIndex.pointer, timerIndex.count)
        let checksum = StateFormat.checksum(index.bytes)
        withUnsafeBytes(of: checksum) { index.append($0.baseAddress.unsafelyUnwrapped, 8) }
        try writer.append(index.bytes)
        info.filterOffset = writer.offset - info.start
        info.filterBytes = filter.byteCount
        info.filterChecksum = StateFormat.checksum(filter.bytes)
        try writer.append(filter.bytes)
        info.byteCount = writer.offset - info.start
        info.sampledExpiries = samples.ascending
        return info
    }

    /// What look-ups need; after `finish`.
    var sectionIndex: SectionIndex { SectionIndex(blocks: index, filter: filter) }

    private func endRecords() throws(StateError) {
        try closeBlock()
        info.timerOffset = writer.offset - info.start
    }

    private func closeBlock() throws(StateError) {
        guard blockRecords > 0 else { return }
        let checksum = StateFormat.blockChecksum(block.pointer, blockRecords, block.count)
        var header = BinaryEncoder()
        header.add(UInt32(block.count))
        header.add(blockRecords)
        header.add(checksum)
        try writer.append(header.bytes)
        try writer.append(block.bytes)
        block.removeAll()
        blockRecords = 0
    }

    private func appendToIndex(_ key: Fingerprint) {
        withUnsafeBytes(of: (key.low, key.high, UInt64(writer.offset - info.start))) {
            index.append($0.baseAddress.unsafelyUnwrapped, $0.count)
        }
        info.blockCount += 1
    }
}
