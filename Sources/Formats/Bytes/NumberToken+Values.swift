import Columnar

extension NumberToken {
    static let powersOfTen: [UInt64] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
        10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
        1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
        10_000_000_000_000_000_000,
    ]

    /// Those powers of ten that a double holds exactly.
    static let exactDoublePowers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The nearest double; nil when it would be infinite. `start` is where the number begins.
    @inline(__always)
    func double(_ base: UnsafeRawPointer, from start: Int) -> Double? {
        // Clinger's fast path: both parts are exact doubles, so one operation rounds once.
        if isExact && mantissa <= 1 << 53 && exponent >= -22 && exponent <= 22 {
            let whole = Double(mantissa)
            let power = NumberToken.exactDoublePowers[Int(exponent.magnitude)]
            let value = exponent < 0 ? whole / power : whole * power
            return isNegative ? -value : value
        }
        return NumberToken.roundedDouble(base, start, end)
    }

    @inline(never)
    private static func roundedDouble(_ base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Double? {
        let bytes = UnsafeRawBufferPointer(start: base + start, count: end - start)
        guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// The value as a whole number; nil when it has a fraction or is out of range (`1e3` and `2.0` are
    /// whole).
    @inline(__always)
    func int64(_ base: UnsafeRawPointer, from start: Int) -> Int64? {
        if isWhole && isExact {
            if mantissa <= UInt64(Int64.max) {
                let value = Int64(bitPattern: mantissa)
                return isNegative ? 0 &- value : value
            }
            return isNegative && mantissa == 1 << 63 ? Int64.min : nil
        }
        guard let wide = decimal(base, from: start, scale: 0, isRounding: false) else { return nil }
        return Int64(exactly: wide)
    }

    /// The value × 10^scale, rounded half away from zero; nil beyond 38 digits.
    ///
    /// - Parameter isRounding: when false, digits behind the scale that are not zero give nil.
    @inline(__always)
    func decimal(_ base: UnsafeRawPointer, from start: Int, scale: Int, isRounding: Bool) -> Int128? {
        let shift = Int(exponent) &+ scale
        if isExact && shift >= 0 && shift <= 19 {
            // Below 10^19 × 10^19, which fits.
            let (high, low) = mantissa.multipliedFullWidth(by: NumberToken.powersOfTen[shift])
            let magnitude = Int128(truncatingIfNeeded: UInt128(high) << 64 | UInt128(low))
            return isNegative ? 0 &- magnitude : magnitude
        }
        return NumberToken.scaled(
            base, start, end, exponent: Int(exponent), scale: scale, isRounding: isRounding)
    }

    /// The digits of a number of any length, at a scale.
    @inline(never)
    private static func scaled(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, exponent: Int, scale: Int, isRounding: Bool
    ) -> Int128? {
        var digits = 0
        var isNegative = false
        var last = end
        for index in start..<end {
            let byte = WordScan.byte(base, index)
            if byte == 0x2D && index == start { isNegative = true }
            if byte &- 48 <= 9 { digits &+= 1 }
            if byte | 0x20 == 0x65 {
                last = index
                break
            }
        }
        // All digits are the mantissa; those that stand before the cut are kept.
        let kept = digits &+ exponent &+ scale
        // From there on another digit would make 39, and soon overflow.
        let limit = UInt128(Decimals.powersOfTen[37])
        var value: UInt128 = 0
        var seen = 0
        for index in start..<last {
            let digit = WordScan.byte(base, index) &- 48
            if digit > 9 { continue }
            if seen < kept {
                if value >= limit { return nil }
                value = value &* 10 &+ UInt128(digit)
            } else if isRounding {
                if seen == kept && digit >= 5 { value &+= 1 }
                break
            } else if digit != 0 {
                return nil
            }
            seen &+= 1
        }
        if value != 0 {
            while seen < kept {
                if value >= limit { return nil }
                value = value &* 10
                seen &+= 1
            }
        }
        // Rounding up can carry into a 39th digit.
        guard value < limit &* 10 else { return nil }
        return isNegative ? 0 &- Int128(value) : Int128(value)
    }
}
