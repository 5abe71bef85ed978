/// Numbers, sizes and times as people read them.
enum NumberDisplay {
    /// `1234567` as `1,234,567`.
    static func grouped(_ number: some BinaryInteger) -> String {
        var digits = String(number.magnitude)
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return number < 0 ? "-" + digits : digits
    }

    /// `1 file`, `2 files`.
    static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// Bytes in decimal units with one decimal: `617.4 MB`.
    static func bytes(_ bytes: some BinaryInteger) -> String {
        let units = ["kB", "MB", "GB", "TB", "PB"]
        guard bytes.magnitude >= 1000 else { return "\(bytes) B" }
        var amount = Double(bytes) / 1000
        var unit = 0
        while abs(amount) >= 999.95, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        return "\(fixed(amount, decimals: 1)) \(units[unit])"
    }

    /// A length of time: `412 ms`, `4.1 s`, `1m 12s`, `2h 05m`, `3d 4h`.
    static func duration(milliseconds: Double) -> String {
        guard milliseconds.isFinite, milliseconds < 1e15 else { return "?" }
        let amount = max(0, milliseconds)
        if amount < 10, amount > 0 { return "\(fixed(amount, decimals: 1)) ms" }
        if amount < 999.5 { return "\(Int(amount.rounded())) ms" }
        if amount < 59_950 { return "\(fixed(amount / 1000, decimals: 1)) s" }
        let seconds = Int((amount / 1000).rounded())
        if seconds < 3600 { return "\(seconds / 60)m \(padded(seconds % 60))s" }
        if seconds < 86_400 { return "\(seconds / 3600)h \(padded(seconds / 60 % 60))m" }
        return "\(seconds / 86_400)d \(seconds / 3600 % 24)h"
    }

    /// A length of time that is looked at while it passes: `0 s`, `34 s`, `1m 12s`, `2h 05m`.
    static func wholeSeconds(milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1000
        return seconds < 60 ? "\(seconds) s" : duration(milliseconds: seconds * 1000)
    }

    static func duration(milliseconds: Int64) -> String { duration(milliseconds: Double(milliseconds)) }

    /// Things per second: `12,345/s`, `0.4/s`.
    static func rate(_ perSecond: Double) -> String {
        guard perSecond.isFinite, abs(perSecond) < 1e15 else { return "?/s" }
        return perSecond > 0.05 && perSecond < 9.95
            ? "\(fixed(perSecond, decimals: 1))/s" : "\(grouped(Int(perSecond.rounded())))/s"
    }

    /// `0.0123` as `1.2 %`.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "0 %" }
        let percent = Double(part) / Double(whole) * 100
        if part > 0, percent < 0.05 { return "< 0.1 %" }
        return "\(fixed(percent, decimals: 1)) %"
    }

    /// `decimals` digits behind the point, 0 to 6.
    static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return String(value) }
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        let scaled = Int64((abs(value) * factor).rounded())
        let whole = scaled / Int64(factor)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(whole)" }
        let fraction = String(scaled % Int64(factor))
        return "\(sign)\(whole)." + String(repeating: "0", count: max(0, decimals - fraction.count))
            + fraction
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
