import Storage

/// Where a section's parts are, as the file's directory has it. Offsets count from the section's start.
struct SectionInfo: Sendable, Equatable {
    /// The store's number in the task's state.
    var store: UInt32 = 0
    var start = 0
    /// Whether its records are in the order of their keys, with timers, an index and a filter behind them.
    var isOrdered = true
    var recordCount = 0
    /// How many of the records are tombstones.
    var tombstoneCount = 0
    var blockCount = 0
    var timerCount = 0
    var timerBlockCount = 0
    /// Where blocks end and timer blocks begin.
    var timerOffset = 0
    /// Where timer blocks end and the index begins.
    var indexOffset = 0
    var filterOffset = 0
    var filterBytes = 0
    var filterChecksum: UInt64 = 0
    var byteCount = 0
    /// The latest expiry of any record that is not a tombstone; `Int64.min` if there is none.
    var lastExpiry = Int64.min
    /// Expiries of evenly spread records, ascending: what of the section a watermark has killed.
    var sampledExpiries: [Int64] = []

    /// About how many of the bytes belong to records that are dead at `watermark`.
    func deadBytes(at watermark: Int64) -> Int {
        if lastExpiry <= watermark { return byteCount }
        guard !sampledExpiries.isEmpty else { return 0 }
        let dead = sampledExpiries.firstIndex { $0 > watermark } ?? sampledExpiries.count
        return byteCount * dead / sampledExpiries.count
    }

    func encode(to encoder: inout BinaryEncoder) {
        encoder.add(store)
        for number in [
            start, isOrdered ? 1 : 0, recordCount, tombstoneCount, blockCount, timerCount, timerBlockCount,
            timerOffset,
            indexOffset, filterOffset,
            filterBytes, byteCount,
        ] { encoder.add(number) }
        encoder.add(filterChecksum)
        encoder.add(lastExpiry)
        encoder.add(UInt32(sampledExpiries.count))
        for expiry in sampledExpiries { encoder.add(expiry) }
    }

    init() {}

    init(from decoder: inout BinaryDecoder) throws(BinaryDecoder.Failure) {
        store = try decoder.number(UInt32.self)
        start = try decoder.size()
        isOrdered = try decoder.size() != 0
        recordCount = try decoder.size()
        tombstoneCount = try decoder.size()
        blockCount = try decoder.size()
        timerCount = try decoder.size()
        timerBlockCount = try decoder.size()
        timerOffset = try decoder.size()
        indexOffset = try decoder.size()
        filterOffset = try decoder.size()
        filterBytes = try decoder.size()
        byteCount = try decoder.size()
        filterChecksum = try decoder.number(UInt64.self)
        lastExpiry = try decoder.number(Int64.self)
        sampledExpiries = try decoder.list { item throws(BinaryDecoder.Failure) in
            try item.number(Int64.self)
        }
        guard isConsistent else { throw BinaryDecoder.Failure() }
    }

    static let indexEntryBytes = 24
    static let timerIndexEntryBytes = 16

    var indexBytes: Int {
        blockCount * SectionInfo.indexEntryBytes + timerBlockCount * SectionInfo.timerIndexEntryBytes + 8
    }

    private var isConsistent: Bool {
        guard isOrdered else {
            return timerOffset == byteCount && indexOffset == byteCount && blockCount == 0
        }
        return blockCount <= byteCount && timerBlockCount <= byteCount && timerOffset <= indexOffset
            && indexOffset + indexBytes == filterOffset && filterOffset + filterBytes == byteCount
            && filterBytes > 0 && filterBytes % 64 == 0
    }
}
