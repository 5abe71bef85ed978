/// Reads roaring bitmaps of 32-bit numbers in their portable serialised form.
///
/// ```
/// cookie · [flags of run containers] · (key, cardinality − 1) for each container · [offsets] · containers
/// ```
/// A container holds the lower halves of the numbers with one upper half (its key): as a sorted array, as
/// 65,536 bits, or as runs.
struct RoaringReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private mutating func number(_ width: Int) -> UInt64? {
        guard bytes.count - position >= width else { return nil }
        var result: UInt64 = 0
        for index in (0..<width).reversed() { result = result << 8 | UInt64(bytes[position + index]) }
        position += width
        return result
    }

    mutating func half() -> UInt32? { number(2).map { UInt32($0) } }
    mutating func word() -> UInt32? { number(4).map { UInt32($0) } }
    mutating func long() -> UInt64? { number(8) }

    private mutating func skip(_ count: Int) -> Bool {
        guard bytes.count - position >= count else { return false }
        position += count
        return true
    }

    /// Hands each run of the next bitmap to `body`, ascending.
    /// - Returns: false where the bytes are no bitmap, or `body` refuses a run.
    mutating func bitmap(_ body: (Range<UInt32>) -> Bool) -> Bool {
        guard let cookie = word() else { return false }
        var flags: ArraySlice<UInt8> = []
        let containers: Int
        if cookie & 0xFFFF == 12_347 {
            containers = Int(cookie >> 16) + 1
            let start = position
            guard skip((containers + 7) / 8) else { return false }
            flags = bytes[start..<position]
        } else {
            guard cookie == 12_346, let count = word(), count <= 65_536 else { return false }
            containers = Int(count)
        }
        var headers: [(key: UInt32, count: Int)] = []
        for _ in 0..<containers {
            guard let key = half(), let count = half() else { return false }
            headers.append((key, Int(count) + 1))
        }
        // The offsets only help those who jump.
        if flags.isEmpty || containers >= 4 { guard skip(containers * 4) else { return false } }
        for (index, header) in headers.enumerated() {
            let isRuns = !flags.isEmpty && flags[flags.startIndex + index / 8] >> (index % 8) & 1 == 1
            let base = header.key << 16
            let isRead =
                isRuns
                ? runs(base, body)
                : header.count <= 4096
                    ? array(base, header.count, body) : bits(base, body)
            guard isRead else { return false }
        }
        return true
    }

    private mutating func runs(_ base: UInt32, _ body: (Range<UInt32>) -> Bool) -> Bool {
        guard let count = half() else { return false }
        for _ in 0..<count {
            guard let start = half(), let more = half(), start + more <= 0xFFFF else { return false }
            guard add(base + start, more, body) else { return false }
        }
        return true
    }

    private mutating func array(_ base: UInt32, _ count: Int, _ body: (Range<UInt32>) -> Bool) -> Bool {
        for _ in 0..<count {
            guard let value = half(), add(base + value, 0, body) else { return false }
        }
        return true
    }

    private mutating func bits(_ base: UInt32, _ body: (Range<UInt32>) -> Bool) -> Bool {
        for index in 0..<UInt32(1024) {
            guard var rest = long() else { return false }
            while rest != 0 {
                let first = UInt32(rest.trailingZeroBitCount)
                let length = UInt32((~(rest >> UInt64(first))).trailingZeroBitCount)
                guard add(base + index * 64 + first, length - 1, body) else { return false }
                rest &= length + first >= 64 ? 0 : ~UInt64(0) << UInt64(first + length)
            }
        }
        return true
    }

    /// `first` and `more` numbers behind it; none is the last 32-bit number, which no run can end behind.
    private func add(_ first: UInt32, _ more: UInt32, _ body: (Range<UInt32>) -> Bool) -> Bool {
        let (end, overflow) = first.addingReportingOverflow(more + 1)
        return !overflow && body(first..<end)
    }
}
