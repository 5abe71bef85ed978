import Columnar

// The wire form of numeric: Int16 digits to the base 10,000 behind their number, the weight of the first, the
// sign and the digits behind the point that are shown; see numeric_recv in PostgreSQL's source.
extension WireWriter {
    private static let negative: Int16 = 0x4000

    /// A value with its length: `unscaled` times 10^-scale, exactly.
    func append(numeric unscaled: Int128, scale: Int) {
        reserve(4 + 8 + 2 * 24)
        let lengthPlace = count
        append(Int32(0))
        let headPlace = count
        append(Int64(0))
        let first = count
        let weight: Int
        if scale <= 18, let small = UInt64(exactly: unscaled.magnitude) {
            weight = appendDigits(small, scale: scale)
        } else {
            weight = appendDigits(unscaled.magnitude, scale: scale)
        }
        // Zeros at the end mean nothing.
        var end = count
        while end > first, bytes[end - 1] == 0, bytes[end - 2] == 0 { end -= 2 }
        truncate(to: end)
        let digits = (end - first) / 2
        set(Int16(digits), at: headPlace)
        set(digits == 0 ? 0 : Int16(weight), at: headPlace + 2)
        set(unscaled < 0 ? Self.negative : 0, at: headPlace + 4)
        set(Int16(scale), at: headPlace + 6)
        setLength(at: lengthPlace)
    }

    /// Returns the weight of the first digit. Zeros may stand in front of a fraction: the server drops them.
    private func appendDigits(_ magnitude: UInt64, scale: Int) -> Int {
        let power = UInt64(truncatingIfNeeded: Decimals.powersOfTen[scale])
        let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: power)
        var weight = -1
        if whole > 0 { weight = appendWhole(whole) }
        appendFraction(fraction, of: power)
        return weight
    }

    private func appendDigits(_ magnitude: UInt128, scale: Int) -> Int {
        let power = UInt128(truncatingIfNeeded: Decimals.powersOfTen[scale])
        let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: power)
        var weight = -1
        if whole > 0 {
            // 16 digits at a time are four of the base.
            let unit: UInt128 = 10_000_000_000_000_000
            let (upper, low) = whole.quotientAndRemainder(dividingBy: unit)
            let (high, middle) = upper.quotientAndRemainder(dividingBy: unit)
            for part in [high, middle, low] {
                let part = UInt64(truncatingIfNeeded: part)
                if weight < 0 {
                    if part > 0 { weight = appendWhole(part) }
                } else {
                    for power in [1_000_000_000_000, 100_000_000, 10_000, 1] as [UInt64] {
                        append(Int16(truncatingIfNeeded: part / power % 10_000))
                    }
                    weight += 4
                }
            }
        }
        appendFraction(fraction, of: power)
        return weight
    }

    /// The digits of `fraction / unit`, up to the last that is not 0. Made for both widths: a division of
    /// 128 bits is a call.
    @inline(__always)
    private func appendFraction<Digits: FixedWidthInteger & UnsignedInteger>(
        _ fraction: Digits, of unit: Digits
    ) {
        var left = fraction
        var unit = unit
        while left > 0 {
            let digit: Digits
            if unit >= 10_000 {
                unit /= 10_000
                (digit, left) = left.quotientAndRemainder(dividingBy: unit)
            } else {
                digit = left * (10_000 / unit)
                left = 0
            }
            append(Int16(truncatingIfNeeded: digit))
        }
    }

    /// The digits of a number above 0; returns the weight of the first.
    private func appendWhole(_ whole: UInt64) -> Int {
        var power: UInt64 = 1
        var weight = 0
        while whole / power >= 10_000 {
            power *= 10_000
            weight += 1
        }
        while power > 0 {
            append(Int16(truncatingIfNeeded: whole / power % 10_000))
            power /= 10_000
        }
        return weight
    }
}
