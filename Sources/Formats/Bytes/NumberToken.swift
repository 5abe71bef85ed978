/// A decimal number as it stands in text: ± mantissa × 10^exponent.
struct NumberToken {
    /// Behind the last byte; −1 when there is no number.
    var end: Int
    /// The digits, as long as `isExact`; else its low 64 bits, which mean nothing.
    var mantissa: UInt64
    /// Kept within ±99,999,999, beyond which every use gives the same answer.
    var exponent: Int32
    var isNegative: Bool
    /// Whether there is neither point nor exponent.
    var isWhole: Bool
    /// Whether all digits are in `mantissa`.
    var isExact: Bool

    static let none = NumberToken(
        end: -1, mantissa: 0, exponent: 0, isNegative: false, isWhole: false, isExact: false)
}

extension NumberToken {
    /// The number that begins at `start`, by JSON's grammar: no leading zeros, digits on both sides of the
    /// point.
    @inline(__always)
    static func json(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> NumberToken {
        var index = start
        var isNegative = false
        if index < end, WordScan.byte(base, index) == 0x2D {
            isNegative = true
            index &+= 1
        }
        let first = index
        var mantissa: UInt64 = 0
        while index < end {
            let digit = WordScan.byte(base, index) &- 48
            if digit > 9 { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            index &+= 1
            // A digit behind a leading zero is left to the caller, who expects a comma or an end there.
            if digit == 0 && index == first &+ 1 { break }
        }
        if index == first { return .none }
        let digits = index &- first
        if index < end {
            let byte = WordScan.byte(base, index)
            if byte == 0x2E || byte | 0x20 == 0x65 {
                return fraction(
                    base, index, end, first: first, mantissa: mantissa, isNegative: isNegative)
            }
        }
        return NumberToken(
            end: index, mantissa: mantissa, exponent: 0, isNegative: isNegative, isWhole: true,
            isExact: digits <= 19)
    }

    /// Goes on at the point or the exponent.
    @inline(__always)
    private static func fraction(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, first: Int, mantissa whole: UInt64,
        isNegative: Bool
    ) -> NumberToken {
        var index = start
        var mantissa = whole
        var exponent = 0
        var digits = index &- first
        if WordScan.byte(base, index) == 0x2E {
            index &+= 1
            let point = index
            while index < end {
                let digit = WordScan.byte(base, index) &- 48
                if digit > 9 { break }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                index &+= 1
            }
            if index == point { return .none }
            exponent = point &- index
            digits &-= exponent
        }
        if index < end, WordScan.byte(base, index) | 0x20 == 0x65 {
            guard let (power, behind) = power(base, index &+ 1, end) else { return .none }
            exponent &+= power
            index = behind
        }
        return NumberToken(
            end: index, mantissa: mantissa, exponent: clamped(exponent), isNegative: isNegative,
            isWhole: false, isExact: digits <= 19 || significantDigits(base, first, end) <= 19)
    }

    /// A number that fills `start..<end` as people write it: also `+5`, `007`, `.5`, `5.`
    static func lenient(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> NumberToken {
        var index = start
        var isNegative = false
        if index < end, WordScan.byte(base, index) == 0x2D || WordScan.byte(base, index) == 0x2B {
            isNegative = WordScan.byte(base, index) == 0x2D
            index &+= 1
        }
        let first = index
        var mantissa: UInt64 = 0
        var digits = 0
        var point = -1
        while index < end {
            let byte = WordScan.byte(base, index)
            if byte == 0x2E && point < 0 {
                point = index &+ 1
            } else {
                let digit = byte &- 48
                if digit > 9 { break }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                digits &+= 1
            }
            index &+= 1
        }
        if digits == 0 { return .none }
        var exponent = point < 0 ? 0 : point &- index
        let isWhole = point < 0 && index == end
        if index < end {
            guard WordScan.byte(base, index) | 0x20 == 0x65,
                let (power, behind) = power(base, index &+ 1, end), behind == end
            else { return .none }
            exponent &+= power
        }
        return NumberToken(
            end: end, mantissa: mantissa, exponent: clamped(exponent), isNegative: isNegative,
            isWhole: isWhole, isExact: digits <= 19 || significantDigits(base, first, end) <= 19)
    }

    /// Sign and digits of an exponent, and the place behind them.
    @inline(never)
    private static func power(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> (Int, Int)? {
        var index = start
        var isNegative = false
        if index < end, WordScan.byte(base, index) == 0x2D || WordScan.byte(base, index) == 0x2B {
            isNegative = WordScan.byte(base, index) == 0x2D
            index &+= 1
        }
        let first = index
        var value = 0
        while index < end {
            let digit = WordScan.byte(base, index) &- 48
            if digit > 9 { break }
            if value < 100_000_000 { value = value &* 10 &+ Int(digit) }
            index &+= 1
        }
        if index == first { return nil }
        return (isNegative ? 0 &- value : value, index)
    }

    private static func clamped(_ exponent: Int) -> Int32 {
        Int32(truncatingIfNeeded: min(max(exponent, -99_999_999), 99_999_999))
    }

    /// Digits from the first that is not zero to the last before the exponent.
    @inline(never)
    private static func significantDigits(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Int {
        var count = 0
        for index in start..<end {
            let byte = WordScan.byte(base, index)
            if byte == 0x2E { continue }
            if byte &- 48 > 9 { break }
            if count > 0 || byte != 48 { count &+= 1 }
        }
        return count
    }
}
