/// Lengths of time as properties and flags give them.
public enum DurationText {
    private static let units: [(names: [String], milliseconds: Int64)] = [
        (["ms", "millisecond", "milliseconds"], 1),
        (["s", "sec", "second", "seconds"], 1_000),
        (["m", "min", "minute", "minutes"], 60_000),
        (["h", "hour", "hours"], 3_600_000),
        (["d", "day", "days"], 86_400_000),
    ]

    /// `10 minutes`, `500ms`, `1.5h`; a number alone counts seconds. nil when it is none of these, or
    /// negative.
    public static func milliseconds(_ text: String) -> Int64? {
        let trimmed = text.trimmed
        let number = trimmed.prefix { $0.isNumber || $0 == "." }
        guard let amount = Double(number), amount >= 0, amount < 1e12 else { return nil }
        let unit = String(trimmed.dropFirst(number.count)).trimmed.lowercased()
        if unit.isEmpty { return Int64((amount * 1000).rounded()) }
        guard let match = units.first(where: { $0.names.contains(unit) }) else { return nil }
        return Int64((amount * Double(match.milliseconds)).rounded())
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var view = self[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}
