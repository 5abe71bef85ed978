import Columnar

/// Reads ISO 8601 timestamps, fast where they have the usual form and the date of the one before.
///
/// The usual form is `2026-11-18T23:50:00`, with or without three digits of fraction and `Z`. Every other
/// text goes to `TimestampText`, whose rules hold for all.
struct TimestampReader {
    /// The bytes of the date read last, and its midnight.
    private var dateHead: UInt64 = 0
    private var dateTail: UInt16 = 0
    private var midnight: Int64 = 0

    init() {}

    /// Milliseconds since the epoch of the text in `start..<end`, or nil.
    @inline(__always)
    mutating func parse(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int64? {
        let length = end &- start
        guard length == 24 || length == 20 || length == 23 || length == 19 else {
            return TimestampReader.anyForm(base, start, end)
        }
        let text = base + start
        let head = text.loadUnaligned(as: UInt64.self)
        let tail = text.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
        let separator = text.load(fromByteOffset: 10, as: UInt8.self)
        let clock = text.loadUnaligned(fromByteOffset: 11, as: UInt64.self)
        // Digits become 0…9 and colons 0; adding makes bit 7 of whatever is larger.
        let digits = clock ^ 0x3030_3A30_303A_3030
        let excess = ((digits &+ 0x7676_7F76_767F_7676) | digits) & WordScan.highs
        let hour = (digits & 0xF) &* 10 &+ (digits >> 8 & 0xF)
        let minute = (digits >> 24 & 0xF) &* 10 &+ (digits >> 32 & 0xF)
        let second = (digits >> 48 & 0xF) &* 10 &+ (digits >> 56 & 0xF)
        guard excess == 0, hour <= 23, minute <= 59, second <= 59, separator == 0x54 else {
            return TimestampReader.anyForm(base, start, end)
        }
        var milliseconds = Int64(truncatingIfNeeded: (hour &* 60 &+ minute) &* 60 &+ second) &* 1000
        if length >= 23 {
            let fraction = text.loadUnaligned(fromByteOffset: 19, as: UInt32.self) ^ 0x3030_302E
            let tooLarge = ((fraction &+ 0x7676_767F) | fraction) & 0x8080_8080
            guard tooLarge == 0 else { return TimestampReader.anyForm(base, start, end) }
            let thousandths =
                (fraction >> 8 & 0xF) &* 100 &+ (fraction >> 16 & 0xF) &* 10 &+ (fraction >> 24 & 0xF)
            milliseconds &+= Int64(thousandths)
        }
        // Lengths 20 and 24 end in Z.
        if length & 3 == 0, text.load(fromByteOffset: length &- 1, as: UInt8.self) != 0x5A {
            return TimestampReader.anyForm(base, start, end)
        }
        if head == dateHead && tail == dateTail { return midnight &+ milliseconds }
        guard readDate(text, head: head, tail: tail) else { return nil }
        return midnight &+ milliseconds
    }

    @inline(never)
    private mutating func readDate(_ text: UnsafeRawPointer, head: UInt64, tail: UInt16) -> Bool {
        let date = UnsafeRawBufferPointer(start: text, count: 10)
        guard let parsed = TimestampText.parse(date) else { return false }
        (dateHead, dateTail, midnight) = (head, tail, parsed)
        return true
    }

    @inline(never)
    private static func anyForm(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int64? {
        TimestampText.parse(UnsafeRawBufferPointer(start: base + start, count: end - start))
    }
}
