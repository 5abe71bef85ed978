import Columnar
import Glibc

/// Numbers as text and back, without allocation on plain input.
enum NumberText {
    // MARK: Text into numbers

    /// The text without blanks around it.
    @inline(__always)
    static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (start, end) = (0, text.count)
        while start < end, text[start] <= 32 { start += 1 }
        while end > start, text[end - 1] <= 32 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: text[start..<end])
    }

    /// A whole number with an optional sign; nil when it is none or does not fit.
    static func int64(_ text: UnsafeRawBufferPointer) -> Int64? {
        let text = trimmed(text)
        guard let first = text.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let start = isNegative || first == UInt8(ascii: "+") ? 1 : 0
        guard start < text.count else { return nil }
        var value: UInt64 = 0
        if text.count - start <= 18 {
            for index in start..<text.count {
                let digit = text[index] &- 48
                guard digit <= 9 else { return nil }
                value = value &* 10 &+ UInt64(digit)
            }
        } else {
            for index in start..<text.count {
                let digit = text[index] &- 48
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, carried) = product.addingReportingOverflow(UInt64(digit))
                guard digit <= 9, !overflow, !carried else { return nil }
                value = sum
            }
        }
        if isNegative { return value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil }
        return Int64(exactly: value)
    }

    /// Digits with at most one point, without exponent, at most 18 digits: the plain case.
    @inline(__always)
    private static func plain(
        _ text: UnsafeRawBufferPointer
    ) -> (magnitude: UInt64, scale: Int, isNegative: Bool)? {
        guard let base = text.baseAddress, text.count > 0, text.count <= 19 else { return nil }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        let isNegative = bytes[0] == UInt8(ascii: "-")
        var index = isNegative || bytes[0] == UInt8(ascii: "+") ? 1 : 0
        let start = index
        var value: UInt64 = 0
        while index < text.count {
            let digit = bytes[index] &- 48
            guard digit <= 9 else { break }
            value = value &* 10 &+ UInt64(digit)
            index &+= 1
        }
        if index == text.count { return index > start ? (value, 0, isNegative) : nil }
        guard bytes[index] == UInt8(ascii: ".") else { return nil }
        let point = index
        index &+= 1
        while index < text.count {
            let digit = bytes[index] &- 48
            guard digit <= 9 else { return nil }
            value = value &* 10 &+ UInt64(digit)
            index &+= 1
        }
        let digits = index &- start &- 1
        return digits > 0 && digits <= 18 ? (value, index &- point &- 1, isNegative) : nil
    }

    /// A number at `scale`, rounded half away from zero; nil when it is none or has over `precision` digits.
    @inline(__always)
    static func decimal(_ text: UnsafeRawBufferPointer, precision: Int, scale: Int) -> Int128? {
        if let (magnitude, given, isNegative) = plain(text), given <= scale, scale - given <= 18 {
            // Both factors have 64 bits: one multiplication.
            let power = UInt64(truncatingIfNeeded: Decimals.powersOfTen[scale &- given])
            let wide = magnitude.multipliedFullWidth(by: power)
            let value = Int128(truncatingIfNeeded: UInt128(wide.high) << 64 | UInt128(wide.low))
            guard value < Decimals.powersOfTen[precision] else { return nil }
            return isNegative ? 0 &- value : value
        }
        return Decimals.parse(trimmed(text), precision: precision, scale: scale)
    }

    /// A number with optional point and exponent, `NaN` or `Infinity`.
    static func double(_ text: UnsafeRawBufferPointer) -> Double? {
        if let (magnitude, scale, isNegative) = plain(text), magnitude < 1 << 53 {
            // Both are exact and the division rounds once.
            let value = Double(magnitude) / powers[scale]
            return isNegative ? -value : value
        }
        let text = trimmed(text)
        guard let first = text.first else { return nil }
        // Hexadecimal numbers and Swift's own words for infinity are no SQL.
        for byte in text where byte | 0x20 == UInt8(ascii: "x") || byte | 0x20 == UInt8(ascii: "p") {
            return nil
        }
        if let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite { return value }
        let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        let word = String(decoding: text.dropFirst(isSigned ? 1 : 0), as: UTF8.self)
        let isNegative = first == UInt8(ascii: "-")
        if word == "Infinity" { return isNegative ? -Double.infinity : .infinity }
        if word == "NaN" { return .nan }
        // An exponent out of range is infinite, as IEEE 754 rounds it.
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isInfinite,
            (text[isSigned ? 1 : 0] &- 48) <= 9 || text[isSigned ? 1 : 0] == UInt8(ascii: ".")
        else { return nil }
        return value
    }

    private static let powers: [Double] = (0...22).map { Double(Decimals.powersOfTen[$0]) }

    // MARK: Numbers into text

    /// Writes at most 20 bytes; returns how many.
    @inline(__always)
    static func write(_ value: Int64, to target: UnsafeMutableRawPointer) -> Int {
        let isNegative = value < 0
        let magnitude = value.magnitude
        if isNegative { target.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self) }
        let digits = self.digits(magnitude)
        writeDigits(magnitude, digits, to: target + (isNegative ? 1 : 0))
        return digits + (isNegative ? 1 : 0)
    }

    @inline(__always)
    static func digits(_ value: UInt64) -> Int {
        var (digits, rest) = (1, value)
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        return digits
    }

    /// The last `digits` digits, with leading zeros.
    @inline(__always)
    static func writeDigits(_ value: UInt64, _ digits: Int, to target: UnsafeMutableRawPointer) {
        var rest = value
        var index = digits - 1
        while index >= 0 {
            let next = rest / 10
            target.storeBytes(
                of: UInt8(truncatingIfNeeded: rest &- next &* 10) &+ 48, toByteOffset: index, as: UInt8.self)
            rest = next
            index -= 1
        }
    }
}
