import Columnar

/// Products and quotients of unscaled decimals through 256 bits.
enum WideDecimal {
    /// a × b × 10^shift, rounded half away from zero; nil when it has over 128 bits.
    static func multiply(_ a: Int128, _ b: Int128, shift: Int) -> Int128? {
        if shift == 0 {
            let (product, overflow) = a.multipliedReportingOverflow(by: b)
            return overflow ? nil : product
        }
        let negative = (a < 0) != (b < 0)
        let wide = a.magnitude.multipliedFullWidth(by: b.magnitude)
        if shift > 0 {
            guard let longer = multiplied(wide.high, wide.low, by: power(shift)), longer.high == 0 else {
                return nil
            }
            return signed(longer.low, negative)
        }
        if shift >= -38 { return divided(wide.high, wide.low, by: power(-shift), negative) }
        // Cutting first does not change the rounding: the half is a whole number of what remains.
        guard shift >= -76, wide.high < power(38) else { return nil }
        let cut = power(38).dividingFullWidth((wide.high, wide.low)).quotient
        return divided(0, cut, by: power(-shift - 38), negative)
    }

    /// a × 10^shift ÷ b, rounded half away from zero; nil when it has over 128 bits. `b` is not zero.
    static func divide(_ a: Int128, _ b: Int128, shift: Int) -> Int128? {
        let negative = (a < 0) != (b < 0)
        let (dividend, divisor) = (a.magnitude, b.magnitude)
        if shift < 0 {
            guard shift >= -38 else { return 0 }
            let (longer, overflow) = divisor.multipliedReportingOverflow(by: power(-shift))
            return overflow ? 0 : divided(0, dividend, by: longer, negative)
        }
        let first = dividend.multipliedFullWidth(by: power(min(shift, 38)))
        if shift <= 38 { return divided(first.high, first.low, by: divisor, negative) }
        guard shift <= 76, let second = multiplied(first.high, first.low, by: power(shift - 38)) else {
            return dividend == 0 ? 0 : nil
        }
        return divided(second.high, second.low, by: divisor, negative)
    }

    /// What a × 10^shift leaves when divided by b, with the sign of a. `b` is not zero.
    static func remainder(_ a: Int128, shift: Int, by b: Int128) -> Int128 {
        let (x, overflow) = a.multipliedReportingOverflow(by: Decimals.powersOfTen[shift])
        // Into -1 everything goes, and the quotient could leave the range.
        if !overflow { return b == -1 ? 0 : x % b }
        let divisor = b.magnitude
        let wide = a.magnitude.multipliedFullWidth(by: power(shift))
        let rest = divisor.dividingFullWidth((wide.high % divisor, wide.low)).remainder
        // Below the divisor, so it has a sign bit to spare.
        return a < 0 ? 0 &- Int128(bitPattern: rest) : Int128(bitPattern: rest)
    }

    private static func power(_ exponent: Int) -> UInt128 { Decimals.powersOfTen[exponent].magnitude }

    private static func multiplied(
        _ high: UInt128, _ low: UInt128, by factor: UInt128
    ) -> (high: UInt128, low: UInt128)? {
        let (carry, bottom) = low.multipliedFullWidth(by: factor)
        let (top, overflow) = high.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        let (sum, carried) = top.addingReportingOverflow(carry)
        return carried ? nil : (sum, bottom)
    }

    private static func divided(
        _ high: UInt128, _ low: UInt128, by divisor: UInt128, _ negative: Bool
    ) -> Int128? {
        let quotient: UInt128
        let remainder: UInt128
        if high == 0 {
            if low <= UInt64.max, divisor <= UInt64.max {
                let parts = UInt64(truncatingIfNeeded: low)
                    .quotientAndRemainder(dividingBy: UInt64(truncatingIfNeeded: divisor))
                (quotient, remainder) = (UInt128(parts.quotient), UInt128(parts.remainder))
            } else {
                (quotient, remainder) = low.quotientAndRemainder(dividingBy: divisor)
            }
        } else {
            guard high < divisor else { return nil }
            (quotient, remainder) = divisor.dividingFullWidth((high, low))
        }
        let up = remainder >= divisor - remainder
        let (rounded, overflow) = quotient.addingReportingOverflow(up ? 1 : 0)
        return overflow ? nil : signed(rounded, negative)
    }

    private static func signed(_ magnitude: UInt128, _ negative: Bool) -> Int128? {
        guard magnitude <= UInt128(Int128.max) else { return nil }
        return negative ? -Int128(magnitude) : Int128(magnitude)
    }
}
