import Columnar
import Glibc

/// Values as text, written straight into the bytes.
extension ByteWriter {
    func append(integer value: Int64) {
        // 19 digits and a sign.
        reserve(20)
        var magnitude = value.magnitude
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        let written = withUnsafeMutableBytes(of: &digits) { raw -> Int in
            var place = 24
            repeat {
                place &-= 1
                let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
                raw[place] = UInt8(truncatingIfNeeded: 48 &+ digit)
                magnitude = quotient
            } while magnitude != 0
            if value < 0 {
                place &-= 1
                raw[place] = 0x2D
            }
            if let base = raw.baseAddress { memcpy(end, base + place, 24 &- place) }
            return 24 &- place
        }
        advance(written)
    }

    /// `value` in at least `width` digits, which it does not exceed.
    private func append(_ value: Int, width: Int) {
        reserve(width)
        var rest = value
        for place in stride(from: width - 1, through: 0, by: -1) {
            end.storeBytes(of: UInt8(truncatingIfNeeded: 48 + rest % 10), toByteOffset: place, as: UInt8.self)
            rest /= 10
        }
        advance(width)
    }

    /// Plain text with all digits of the scale: `-0.50`.
    func append(decimal value: Int128, scale: Int) {
        guard scale >= 0, scale <= 18, let small = Int64(exactly: value) else {
            return append(Decimals.text(value, scale: scale))
        }
        if scale == 0 { return append(integer: small) }
        let power = Int64(truncatingIfNeeded: NumberToken.powersOfTen[scale])
        let (whole, fraction) = small.quotientAndRemainder(dividingBy: power)
        if small < 0 && whole == 0 { append(0x2D) }
        append(integer: whole)
        append(0x2E)
        append(Int(fraction.magnitude), width: scale)
    }

    /// The shortest text that reads back as the same finite number.
    func append(double value: Double) {
        // Amounts with up to two digits behind the point: a decimal of at most 15 digits that reads back as
        // the number is the shortest one.
        let hundredths = (value * 100).rounded()
        if abs(hundredths) < 1e15, hundredths / 100 == value, value != 0 {
            let whole = Int64(hundredths)
            if whole % 10 == 0 { return append(decimal: Int128(whole / 10), scale: 1) }
            return append(decimal: Int128(whole), scale: 2)
        }
        append(value.description)
    }

    /// `NaN`, `Infinity`, `-Infinity`: what decoders take for a DOUBLE in place of a number.
    func append(nonFinite value: Double) {
        append(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" as StaticString)
    }

    /// `2026-11-18`; years beyond 0…9999 with their sign and all digits.
    func append(dateOfDays days: Int) {
        let (year, month, day) = Civil.date(days: days)
        if year < 0 || year > 9999 { return append(Civil.dateText(days: days)) }
        append(year, width: 4)
        append(0x2D)
        append(month, width: 2)
        append(0x2D)
        append(day, width: 2)
    }

    /// `13:05:09.120`, the fraction left out when it is zero unless `isFull`.
    func append(timeOfDay milliseconds: Int, isFull: Bool = false) {
        let seconds = milliseconds / 1000
        append(seconds / 3600, width: 2)
        append(0x3A)
        append(seconds / 60 % 60, width: 2)
        append(0x3A)
        append(seconds % 60, width: 2)
        if isFull || milliseconds % 1000 != 0 {
            append(0x2E)
            append(milliseconds % 1000, width: 3)
        }
    }

    /// `2026-11-18T13:05:09.120Z`
    func append(timestamp milliseconds: Int64) {
        let days = Civil.floorDivide(milliseconds, Civil.millisecondsPerDay)
        append(dateOfDays: Int(days))
        append(0x54)
        append(timeOfDay: Int(milliseconds &- days &* Civil.millisecondsPerDay), isFull: true)
        append(0x5A)
    }
}
