/// Writes times as `2026-11-18T23:50:00.123Z`, remembering the text of the second last written.
struct TimestampText: Sendable {
    static let length = 24

    private var second = Int64.min
    /// `2026-11-` `18T23:50` `:00.`: the 20 bytes before the milliseconds, as three words.
    private var words: (UInt64, UInt64, UInt32) = (0, 0, 0)

    /// `milliseconds` count from 1970, in the years 0 to 9999.
    @inline(__always)
    mutating func write(_ milliseconds: Int64, to cursor: inout UnsafeMutableRawPointer) {
        var quotient = milliseconds / 1000
        var fraction = milliseconds % 1000
        if fraction < 0 {
            quotient -= 1
            fraction += 1000
        }
        if quotient != second { remember(quotient) }
        cursor.storeBytes(of: words.0, as: UInt64.self)
        cursor.storeBytes(of: words.1, toByteOffset: 8, as: UInt64.self)
        cursor.storeBytes(of: words.2, toByteOffset: 16, as: UInt32.self)
        cursor += 20
        NumberText.write(UInt64(fraction), width: 3, to: &cursor)
        NumberText.write(byte: UInt8(ascii: "Z"), to: &cursor)
    }

    /// The text of one time, where speed does not matter.
    static func text(_ milliseconds: Int64) -> String {
        var writer = TimestampText()
        return String(unsafeUninitializedCapacity: length + FragmentTable.slack) { bytes in
            guard var cursor = bytes.baseAddress.map(UnsafeMutableRawPointer.init) else { return 0 }
            writer.write(milliseconds, to: &cursor)
            return length
        }
    }

    @inline(never)
    private mutating func remember(_ second: Int64) {
        self.second = second
        let days = second >= 0 ? second / 86_400 : (second - 86_399) / 86_400
        let date = CivilDate(daysSinceEpoch: Int(days))
        let time = UInt64(second - days * 86_400)
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { bytes in
            guard let start = bytes.baseAddress else { return }
            var cursor = start
            NumberText.write(UInt64(min(max(date.year, 0), 9999)), width: 4, to: &cursor)
            NumberText.write(byte: UInt8(ascii: "-"), to: &cursor)
            NumberText.write(UInt64(date.month), width: 2, to: &cursor)
            NumberText.write(byte: UInt8(ascii: "-"), to: &cursor)
            NumberText.write(UInt64(date.day), width: 2, to: &cursor)
            NumberText.write(byte: UInt8(ascii: "T"), to: &cursor)
            NumberText.write(time / 3600, width: 2, to: &cursor)
            NumberText.write(byte: UInt8(ascii: ":"), to: &cursor)
            NumberText.write(time / 60 % 60, width: 2, to: &cursor)
            NumberText.write(byte: UInt8(ascii: ":"), to: &cursor)
            NumberText.write(time % 60, width: 2, to: &cursor)
            NumberText.write(byte: UInt8(ascii: "."), to: &cursor)
            words = (
                start.load(as: UInt64.self), start.load(fromByteOffset: 8, as: UInt64.self),
                start.load(fromByteOffset: 16, as: UInt32.self)
            )
        }
    }
}
