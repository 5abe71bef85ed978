import Storage

/// Where in a segment an offset or a time is, every few KiB, and what the segment holds in all.
///
/// On disk, little-endian: magic, the head's fields and their CRC; then the entries and theirs. The head can
/// be read alone. It vouches for the first `byteCount` bytes of the log file, which were durable before it
/// was written.
struct SegmentIndex: Equatable {
    /// A batch begins at `position`; offsets and times before it are below `offset`, at most `timeBefore`.
    struct Entry: Equatable {
        let offset: Int64
        let position: Int
        let timeBefore: Int64
    }

    /// What a segment holds.
    struct Head: Equatable {
        var baseOffset: Int64 = 0
        var endOffset: Int64 = 0
        /// Bytes of whole batches.
        var byteCount = 0
        /// Bytes of the file; more than `byteCount` where it is damaged.
        var fileByteCount = 0
        var firstTimestamp = Int64.min
        var maxTimestamp = Int64.min
        var offsetOfMaxTimestamp: Int64 = -1
        var entryCount = 0
    }

    private static let entryByteCount = 24
    static let headByteCount = 8 + 8 * 8 + 4
    private static let magic: UInt64 = 0x3130_5844_4E49_524D  // "MRINDX01"

    var head = Head()
    var entries: [Entry] = []

    /// Counts a batch that lies at the end so far.
    mutating func add(_ header: RecordBatchHeader, intervalBytes: Int) {
        if head.byteCount - (entries.last?.position ?? 0) >= intervalBytes {
            entries.append(
                Entry(
                    offset: header.baseOffset, position: head.byteCount, timeBefore: head.maxTimestamp))
        }
        if head.byteCount == 0 { head.firstTimestamp = header.maxTimestamp }
        if header.maxTimestamp > head.maxTimestamp {
            head.maxTimestamp = header.maxTimestamp
            head.offsetOfMaxTimestamp = header.lastOffset
        }
        head.byteCount += header.byteCount
        head.fileByteCount = head.byteCount
        head.endOffset = header.nextOffset
    }

    /// From where to look for an offset.
    func position(of offset: Int64) -> Int { position { $0.offset <= offset } }

    /// From where to look for the first record of a time, or a later one.
    func position(ofTime time: Int64) -> Int { position { $0.timeBefore < time } }

    /// The last entry for which `isBefore` holds; it holds for a beginning of the entries.
    private func position(_ isBefore: (Entry) -> Bool) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(entries[middle]) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : entries[low - 1].position
    }

    func encoded() -> [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(SegmentIndex.magic)
        for number in [
            head.baseOffset, head.endOffset, Int64(head.byteCount), Int64(head.fileByteCount),
            head.firstTimestamp, head.maxTimestamp, head.offsetOfMaxTimestamp, Int64(entries.count),
        ] {
            encoder.add(number)
        }
        encoder.add(CRC32C.checksum(encoder.bytes))
        var rest = BinaryEncoder()
        for entry in entries {
            rest.add(entry.offset)
            rest.add(Int64(entry.position))
            rest.add(entry.timeBefore)
        }
        rest.add(CRC32C.checksum(rest.bytes))
        return encoder.bytes + rest.bytes
    }

    /// nil where these bytes are no head, or one of no segment that there can be.
    static func head(_ bytes: [UInt8]) -> Head? {
        guard bytes.count >= headByteCount else { return nil }
        var decoder = BinaryDecoder(bytes)
        guard let found = try? decoder.number(UInt64.self), found == magic else { return nil }
        var numbers: [Int64] = []
        for _ in 0..<8 { numbers.append((try? decoder.number(Int64.self)) ?? -1) }
        guard let sum = try? decoder.number(UInt32.self),
            sum == CRC32C.checksum(Array(bytes[..<(headByteCount - 4)]))
        else { return nil }
        guard numbers[0] >= 0, numbers[1] >= numbers[0], numbers[2] >= 0, numbers[3] >= numbers[2] else {
            return nil
        }
        return Head(
            baseOffset: numbers[0], endOffset: numbers[1], byteCount: Int(numbers[2]),
            fileByteCount: Int(numbers[3]), firstTimestamp: numbers[4], maxTimestamp: numbers[5],
            offsetOfMaxTimestamp: numbers[6], entryCount: Int(numbers[7]))
    }

    /// nil where the bytes are damaged: then the index is made anew from the log.
    init?(_ bytes: [UInt8]) {
        guard let head = SegmentIndex.head(bytes) else { return nil }
        let rest = Array(bytes[SegmentIndex.headByteCount...])
        // Whatever number stands there: nothing is computed with it before it is found to fit.
        guard rest.count >= 4, (rest.count - 4) % SegmentIndex.entryByteCount == 0,
            head.entryCount == (rest.count - 4) / SegmentIndex.entryByteCount
        else { return nil }
        var decoder = BinaryDecoder(rest)
        self.head = head
        entries.reserveCapacity(head.entryCount)
        for _ in 0..<head.entryCount {
            guard let offset = try? decoder.number(Int64.self),
                let position = try? decoder.number(Int64.self),
                let time = try? decoder.number(Int64.self),
                offset >= entries.last?.offset ?? head.baseOffset, offset <= head.endOffset,
                position >= entries.last?.position ?? 0, position <= head.byteCount
            else { return nil }
            entries.append(Entry(offset: offset, position: Int(position), timeBefore: time))
        }
        guard let sum = try? decoder.number(UInt32.self),
            sum == CRC32C.checksum(Array(rest[..<(rest.count - 4)]))
        else { return nil }
    }

    init(baseOffset: Int64) {
        head.baseOffset = baseOffset
        head.endOffset = baseOffset
    }
}
