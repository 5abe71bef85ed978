import Columnar

/// Dates and times as ISO text, written digit by digit.
enum TimeDigits {
    /// `2026-11-20`; at most 16 bytes. Years outside of 0…9999 take the slow way.
    static func writeDate(days: Int, to target: UnsafeMutableRawPointer) -> Int {
        let (year, month, day) = Civil.date(days: days)
        guard year >= 0, year <= 9999 else {
            return writeSlowly(Civil.dateText(days: days), to: target)
        }
        NumberText.writeDigits(UInt64(year), 4, to: target)
        target.storeBytes(of: UInt8(ascii: "-"), toByteOffset: 4, as: UInt8.self)
        NumberText.writeDigits(UInt64(month), 2, to: target + 5)
        target.storeBytes(of: UInt8(ascii: "-"), toByteOffset: 7, as: UInt8.self)
        NumberText.writeDigits(UInt64(day), 2, to: target + 8)
        return 10
    }

    /// `13:05:09`, with `.120` when there is a fraction or `always`; 12 bytes at most.
    static func writeTime(milliseconds: Int, always: Bool, to target: UnsafeMutableRawPointer) -> Int {
        let seconds = milliseconds / 1000
        NumberText.writeDigits(UInt64(seconds / 3600), 2, to: target)
        target.storeBytes(of: UInt8(ascii: ":"), toByteOffset: 2, as: UInt8.self)
        NumberText.writeDigits(UInt64(seconds / 60 % 60), 2, to: target + 3)
        target.storeBytes(of: UInt8(ascii: ":"), toByteOffset: 5, as: UInt8.self)
        NumberText.writeDigits(UInt64(seconds % 60), 2, to: target + 6)
        if milliseconds % 1000 == 0, !always { return 8 }
        target.storeBytes(of: UInt8(ascii: "."), toByteOffset: 8, as: UInt8.self)
        NumberText.writeDigits(UInt64(milliseconds % 1000), 3, to: target + 9)
        return 12
    }

    /// `2026-11-20T13:05:09.120`; at most 40 bytes.
    static func writeTimestamp(milliseconds: Int64, to target: UnsafeMutableRawPointer) -> Int {
        let days = Civil.floorDivide(milliseconds, Civil.millisecondsPerDay)
        let rest = milliseconds &- days &* Civil.millisecondsPerDay
        let length = writeDate(days: Int(days), to: target)
        target.storeBytes(of: UInt8(ascii: "T"), toByteOffset: length, as: UInt8.self)
        return length + 1 + writeTime(milliseconds: Int(rest), always: true, to: target + length + 1)
    }

    private static func writeSlowly(_ text: String, to target: UnsafeMutableRawPointer) -> Int {
        var text = text
        return text.withUTF8 { bytes in
            UnsafeMutableRawBufferPointer(start: target, count: bytes.count).copyBytes(from: bytes)
            return bytes.count
        }
    }
}
