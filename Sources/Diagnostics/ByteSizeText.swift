/// Amounts of memory as people write them: `64MB`, `1GiB`, `1.5 GB`; a bare number is bytes.
///
/// `kB`, `MB`, `GB`, `TB` count in thousands; `KiB`, `MiB`, `GiB`, `TiB` in 1024s. The case of letters, a
/// blank before the unit and a missing `B` do not matter.
public enum ByteSizeText {
    public static let expectation = "an amount of memory such as 64MB or 1GiB; a bare number is bytes"

    /// Bytes, at most 2⁶² − 1; nil for what is no amount.
    public static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
        guard digits.contains(where: \.isNumber), let amount = Double(digits.filter { $0 != "_" }) else {
            return nil
        }
        var unit = text.dropFirst(digits.count).lowercased()[...]
        if unit.first == " " { unit = unit.dropFirst() }
        if unit.last == "b" { unit = unit.dropLast() }
        let step: Double = unit.last == "i" ? 1024 : 1000
        if unit.last == "i" { unit = unit.dropLast() }
        guard unit.count <= 1 else { return nil }
        var factor = 1.0
        if let letter = unit.first {
            guard let power = ["k", "m", "g", "t"].firstIndex(of: letter) else { return nil }
            for _ in 0...power { factor *= step }
        } else if step == 1024 {
            return nil
        }
        let bytes = (amount * factor).rounded()
        return bytes < 4.6e18 ? Int(bytes) : nil
    }

    /// The value of a command's flag.
    ///
    /// - Throws: a `usage` diagnostic naming the flag, the value and what was expected.
    public static func parse(_ text: String, flag: String) throws(Diagnostic) -> Int {
        guard let bytes = parse(text), bytes > 0 else {
            throw Diagnostic(.usage, "\(flag) \(text) is not an amount of memory", expected: expectation)
        }
        return bytes
    }
}
