/// Arithmetic and text of unscaled decimals: a DECIMAL(p, s) is an Int128 times 10^-s, with p ≤ 38.
public enum Decimals {
    public static let maximumPrecision = 38

    /// 10^0 … 10^38.
    public static let powersOfTen: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// Whether `unscaled` has at most `precision` digits.
    public static func fits(_ unscaled: Int128, precision: Int) -> Bool {
        unscaled.magnitude < powersOfTen[min(max(precision, 0), 38)].magnitude
    }

    /// The value at another scale, rounded half up (away from zero at the half); nil when it overflows.
    public static func rescale(_ unscaled: Int128, from: Int, to: Int) -> Int128? {
        if from == to { return unscaled }
        if to > from {
            guard to - from <= 38 else { return unscaled == 0 ? 0 : nil }
            let (result, overflow) = unscaled.multipliedReportingOverflow(by: powersOfTen[to - from])
            return overflow ? nil : result
        }
        guard from - to <= 38 else { return 0 }
        let divisor = powersOfTen[from - to]
        let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: divisor)
        if remainder.magnitude >= divisor.magnitude - remainder.magnitude {
            return quotient + (unscaled < 0 ? -1 : 1)
        }
        return quotient
    }

    /// The plain text, with all digits of the scale: `-0.50`.
    public static func text(_ unscaled: Int128, scale: Int) -> String {
        if scale <= 0 { return String(unscaled) }
        var digits = String(unscaled.magnitude)
        if digits.utf8.count <= scale {
            digits = String(repeating: "0", count: scale - digits.utf8.count + 1) + digits
        }
        let point = digits.index(digits.endIndex, offsetBy: -scale)
        return (unscaled < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
    }

    /// Digits, optional sign, point and exponent (`12`, `-.5`, `1.25e3`) as unscaled value and scale.
    ///
    /// nil when the text is not a number or has over 38 digits in front of the point. Digits behind the
    /// point are cut off after the 38th of all, which no rounding to fewer notices. The scale can be
    /// negative (`1e3` is 1 at −3).
    public static func parse(_ text: UnsafeRawBufferPointer) -> (unscaled: Int128, scale: Int)? {
        var index = 0
        var isNegative = false
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        var unscaled: Int128 = 0
        var digits = 0
        var significant = 0
        var scale = 0
        var hasPoint = false
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if byte >= 48, byte <= 57 {
                digits += 1
                if significant > 0 || byte != 48 { significant += 1 }
                if significant <= 38 {
                    unscaled = unscaled * 10 + Int128(byte - 48)
                    if hasPoint { scale += 1 }
                } else if !hasPoint {
                    return nil
                }
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        if index < text.count {
            guard text[index] | 0x20 == UInt8(ascii: "e"), let exponent = exponent(text, from: index + 1)
            else { return nil }
            scale -= exponent
        }
        return (isNegative ? -unscaled : unscaled, scale)
    }

    private static func exponent(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        var isNegative = false
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        // However small the number is, it can be rounded; a large one fits nowhere.
        let largest = 999_999
        guard index < text.count, isNegative || text.count - index <= 6 else { return nil }
        var value = 0
        while index < text.count {
            guard text[index] >= 48, text[index] <= 57 else { return nil }
            value = min(largest, value * 10 + Int(text[index] - 48))
            index += 1
        }
        return isNegative ? -value : value
    }

    /// The same of a text.
    public static func parse(_ text: String) -> (unscaled: Int128, scale: Int)? {
        Array(text.utf8).withUnsafeBytes { parse($0) }
    }

    /// The unscaled value of a text for a type; nil when the type does not hold it.
    public static func parse(_ text: String, precision: Int, scale: Int) -> Int128? {
        Array(text.utf8).withUnsafeBytes { parse($0, precision: precision, scale: scale) }
    }

    /// Parses and brings to `scale`, rounding half up; nil when it is no number or exceeds `precision`.
    public static func parse(
        _ text: UnsafeRawBufferPointer, precision: Int, scale: Int
    ) -> Int128? {
        guard let parsed = parse(text), let value = rescale(parsed.unscaled, from: parsed.scale, to: scale),
            fits(value, precision: precision)
        else { return nil }
        return value
    }

    public static func double(_ unscaled: Int128, scale: Int) -> Double {
        // 10^22 is the largest power of ten that a double holds exactly: one division, one rounding.
        if scale >= 0, scale <= 22, unscaled.magnitude < (1 << 53) {
            return Double(unscaled) / Double(powersOfTen[scale])
        }
        return Double(text(unscaled, scale: scale)) ?? .nan
    }
}
