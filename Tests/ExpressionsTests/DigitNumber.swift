/// A decimal number of any length as a list of digits: slow and obvious, to check the fast kinds.
struct DigitNumber: Equatable, CustomStringConvertible {
    /// Least significant first, without leading zeros.
    var digits: [UInt8]
    var isNegative: Bool
    var scale: Int

    init(_ unscaled: Int128, scale: Int) {
        digits = String(unscaled.magnitude).reversed().map { UInt8(String($0))! }
        isNegative = unscaled < 0
        self.scale = scale
        normalise()
    }

    init(digits: [UInt8], isNegative: Bool, scale: Int) {
        self.digits = digits
        self.isNegative = isNegative
        self.scale = scale
        normalise()
    }

    /// `[+-]digits[.digits][e[+-]digits]`
    init?(_ text: String) {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
        let parts = rest.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard parts.count <= 2 else { return nil }
        var exponent = 0
        if parts.count == 2 {
            let sign = parts[1].first == "-" ? -1 : 1
            let size = parts[1].drop { $0 == "-" || $0 == "+" }
            guard !size.isEmpty, size.allSatisfy({ "0123456789".contains($0) }) else { return nil }
            exponent = sign * min(Int(size) ?? .max, 5000)
        }
        let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, !halves.joined().isEmpty,
            halves.joined().allSatisfy({ "0123456789".contains($0) })
        else { return nil }
        let scale = (halves.count == 2 ? halves[1].count : 0) - exponent
        self.init(
            digits: halves.joined().reversed().map { UInt8(String($0))! }, isNegative: isNegative,
            scale: scale)
    }

    private mutating func normalise() {
        while let last = digits.last, last == 0 { digits.removeLast() }
        if digits.isEmpty { isNegative = false }
    }

    /// The same value with more digits behind the point.
    func extended(to newScale: Int) -> DigitNumber {
        precondition(newScale >= scale)
        let zeros = [UInt8](repeating: 0, count: newScale - scale)
        return DigitNumber(digits: zeros + digits, isNegative: isNegative, scale: newScale)
    }

    /// Rounded half away from zero.
    func rounded(to newScale: Int) -> DigitNumber {
        if newScale >= scale { return extended(to: newScale) }
        let dropped = scale - newScale
        let kept = DigitNumber(
            digits: Array(digits.dropFirst(dropped)), isNegative: isNegative, scale: newScale)
        let half = dropped <= digits.count ? digits[dropped - 1] : 0
        guard half >= 5 else { return kept }
        let one = DigitNumber(digits: [1], isNegative: isNegative, scale: newScale)
        return kept.plus(one)
    }

    /// Cut towards zero.
    func cut(to newScale: Int) -> DigitNumber {
        if newScale >= scale { return extended(to: newScale) }
        return DigitNumber(
            digits: Array(digits.dropFirst(scale - newScale)), isNegative: isNegative, scale: newScale)
    }

    var negated: DigitNumber { DigitNumber(digits: digits, isNegative: !isNegative, scale: scale) }

    func plus(_ other: DigitNumber) -> DigitNumber {
        let common = max(scale, other.scale)
        let (a, b) = (extended(to: common), other.extended(to: common))
        if a.isNegative == b.isNegative {
            var sum: [UInt8] = []
            var carry: UInt8 = 0
            for index in 0..<max(a.digits.count, b.digits.count) + 1 {
                let x = index < a.digits.count ? a.digits[index] : 0
                let y = index < b.digits.count ? b.digits[index] : 0
                sum.append((x + y + carry) % 10)
                carry = (x + y + carry) / 10
            }
            return DigitNumber(digits: sum, isNegative: a.isNegative, scale: common)
        }
        let order = DigitNumber.magnitudeOrder(a, b)
        let (larger, smaller) = order >= 0 ? (a, b) : (b, a)
        var difference: [UInt8] = []
        var borrow = 0
        for index in 0..<larger.digits.count {
            let y = index < smaller.digits.count ? Int(smaller.digits[index]) : 0
            var digit = Int(larger.digits[index]) - y - borrow
            borrow = digit < 0 ? 1 : 0
            if digit < 0 { digit += 10 }
            difference.append(UInt8(digit))
        }
        return DigitNumber(digits: difference, isNegative: larger.isNegative, scale: common)
    }

    func times(_ other: DigitNumber) -> DigitNumber {
        var product = [Int](repeating: 0, count: digits.count + other.digits.count + 1)
        for (i, x) in digits.enumerated() {
            for (j, y) in other.digits.enumerated() { product[i + j] += Int(x) * Int(y) }
        }
        var carry = 0
        for index in product.indices {
            let sum = product[index] + carry
            product[index] = sum % 10
            carry = sum / 10
        }
        return DigitNumber(
            digits: product.map { UInt8($0) }, isNegative: isNegative != other.isNegative,
            scale: scale + other.scale)
    }

    /// The quotient with `newScale` digits behind the point, cut towards zero; nil for a zero divisor.
    func divided(by other: DigitNumber, scale newScale: Int) -> DigitNumber? {
        guard !other.digits.isEmpty else { return nil }
        let shift = newScale - scale + other.scale
        guard shift >= 0 else { return divided(by: other, scale: newScale - shift)?.cut(to: newScale) }
        let dividend = [UInt8](repeating: 0, count: shift) + digits
        let divisor = DigitNumber(digits: other.digits, isNegative: false, scale: 0)
        var remainder = DigitNumber(digits: [], isNegative: false, scale: 0)
        var quotient: [UInt8] = []
        for digit in dividend.reversed() {
            remainder = DigitNumber(digits: [digit] + remainder.digits, isNegative: false, scale: 0)
            var count: UInt8 = 0
            while DigitNumber.magnitudeOrder(remainder, divisor) >= 0 {
                remainder = remainder.plus(divisor.negated)
                count += 1
            }
            quotient.append(count)
        }
        return DigitNumber(
            digits: quotient.reversed(), isNegative: isNegative != other.isNegative, scale: newScale)
    }

    static func magnitudeOrder(_ left: DigitNumber, _ right: DigitNumber) -> Int {
        if left.digits.count != right.digits.count { return left.digits.count - right.digits.count }
        for (a, b) in zip(left.digits.reversed(), right.digits.reversed()) where a != b {
            return Int(a) - Int(b)
        }
        return 0
    }

    func order(_ other: DigitNumber) -> Int {
        let difference = plus(other.negated)
        return difference.digits.isEmpty ? 0 : difference.isNegative ? -1 : 1
    }

    /// nil when it has over `precision` digits.
    func unscaled(precision: Int) -> Int128? {
        guard digits.count <= precision else { return nil }
        return Int128(
            (isNegative ? "-" : "") + (digits.isEmpty ? "0" : digits.reversed().map { String($0) }.joined()))
    }

    var description: String {
        (isNegative ? "-" : "") + digits.reversed().map { String($0) }.joined() + "e-\(scale)"
    }
}
