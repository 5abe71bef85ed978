/// DOUBLEs as Java writes them: `1.0`, `12345.678`, `1.0E10`, `1.5E-4`, `NaN`, `Infinity`.
enum DoubleText {
    /// Writes at most 32 bytes; returns how many.
    static func write(_ value: Double, to target: UnsafeMutableRawPointer) -> Int {
        let out = target.assumingMemoryBound(to: UInt8.self)
        guard value.isFinite else {
            return copy(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity", to: out)
        }
        var start = 0
        if value.sign == .minus {
            out[0] = UInt8(ascii: "-")
            start = 1
        }
        let magnitude = value.magnitude
        if magnitude < 1e7, let whole = UInt64(exactly: magnitude) {
            let digits = NumberText.digits(whole)
            NumberText.writeDigits(whole, digits, to: target + start)
            out[start + digits] = UInt8(ascii: ".")
            out[start + digits + 1] = 48
            return start + digits + 2
        }
        // Swift writes the shortest digits that give the number back, if in other forms.
        var text = magnitude.description
        return start
            + text.withUTF8 { rewrite($0, isPlain: magnitude >= 1e-3 && magnitude < 1e7, to: out + start) }
    }

    /// Puts `12.5`, `1e-05` or `1.25e+20` into Java's form.
    private static func rewrite(
        _ text: UnsafeBufferPointer<UInt8>, isPlain: Bool, to out: UnsafeMutablePointer<UInt8>
    ) -> Int {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digits in
            // The value is 0.digits × 10^point.
            var (count, point, index) = (0, 0, 0)
            var hasPoint = false
            while index < text.count, text[index] | 0x20 != UInt8(ascii: "e") {
                if text[index] == UInt8(ascii: ".") {
                    hasPoint = true
                } else if count > 0 || text[index] != 48 {
                    if count < 32 { digits[count] = text[index] }
                    count += 1
                    if !hasPoint { point += 1 }
                } else if hasPoint {
                    point -= 1
                }
                index += 1
            }
            if index < text.count { point += exponent(text, from: index + 1) }
            while count > 1, digits[count - 1] == 48 { count -= 1 }
            var length = 0
            func append(_ byte: UInt8) {
                out[length] = byte
                length += 1
            }
            if isPlain {
                if point <= 0 {
                    append(48)
                    append(UInt8(ascii: "."))
                    for _ in 0..<(-point) { append(48) }
                    for index in 0..<count { append(digits[index]) }
                    return length
                }
                for index in 0..<point { append(index < count ? digits[index] : 48) }
                append(UInt8(ascii: "."))
                if count <= point { append(48) }
                for index in min(point, count)..<count { append(digits[index]) }
                return length
            }
            append(digits[0])
            append(UInt8(ascii: "."))
            if count == 1 { append(48) }
            for index in 1..<max(1, count) { append(digits[index]) }
            append(UInt8(ascii: "E"))
            return length + NumberText.write(Int64(point - 1), to: UnsafeMutableRawPointer(out + length))
        }
    }

    private static func exponent(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var value = 0
        for byte in text[start...] where byte &- 48 <= 9 { value = value * 10 + Int(byte - 48) }
        return text[start] == UInt8(ascii: "-") ? -value : value
    }

    private static func copy(_ text: StaticString, to out: UnsafeMutablePointer<UInt8>) -> Int {
        out.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }
}
