import Diagnostics

extension SimulationConfiguration {
    /// The flags that ``set(flag:to:)`` understands; `--to` is ``SimulationDestination``'s.
    public static let flags = [
        "--profile", "--format", "--events", "--for", "--rate", "--every", "--start", "--seed",
        "--duplicates",
        "--late", "--malformed", "--bots",
    ]

    /// Takes the value of a flag as it was typed.
    ///
    /// - Throws: a `usage` diagnostic naming the flag, the value and what was expected.
    public mutating func set(flag: String, to value: String) throws(Diagnostic) {
        switch flag {
        case "--profile": profile = try Self.choice(flag, value)
        case "--format": format = try Self.choice(flag, value)
        case "--events": events = try Self.number(flag, value, expected: "a whole number from 1")
        case "--for": duration = try DurationText.parse(value, flag: flag)
        case "--rate": rate = try Self.decimal(flag, value, expected: "events per second, such as 5000")
        case "--every": every = try DurationText.parseRange(value, flag: flag)
        case "--start": startMilliseconds = try TimeText.parse(value, flag: flag)
        case "--seed": seed = try Self.number(flag, value, expected: "a whole number from 0 to \(UInt64.max)")
        case "--duplicates": duplicates = try Self.decimal(flag, value, expected: Self.share)
        case "--late": late = try Self.decimal(flag, value, expected: Self.share)
        case "--malformed": malformed = try Self.decimal(flag, value, expected: Self.share)
        case "--bots": bots = try Self.number(flag, value, expected: "a whole number from 0 to 9999")
        default:
            throw Diagnostic(
                .usage, "simulate has no flag \(flag)",
                expected: (["--to"] + Self.flags).joined(separator: ", "),
                hint: NearestName.suggestion(for: flag, among: ["--to"] + Self.flags).map {
                    "did you mean \($0)?"
                })
        }
    }

    private static let share = "a number from 0 to 1; 0.02 is 2 %"

    private static func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ flag: String, _ value: String
    ) throws(Diagnostic) -> Choice {
        if let choice = Choice(rawValue: value.lowercased()) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        throw Diagnostic(
            .usage, "\(flag) \(value) is unknown", expected: "one of \(names.joined(separator: ", "))",
            hint: NearestName.suggestion(for: value, among: names).map { "did you mean \($0)?" })
    }

    /// Digits may be grouped by underscores: `1_000_000`.
    private static func number<Number: FixedWidthInteger>(
        _ flag: String, _ value: String, expected: String
    ) throws(Diagnostic) -> Number {
        if let number = Number(value.filter { $0 != "_" }) { return number }
        throw Diagnostic(.usage, "\(flag) \(value) is not such a number", expected: expected)
    }

    private static func decimal(
        _ flag: String, _ value: String, expected: String
    ) throws(Diagnostic) -> Double {
        let digits = value.filter { $0 != "_" }
        if let number = Double(digits), number.isFinite { return number }
        throw Diagnostic(.usage, "\(flag) \(value) is not a number", expected: expected)
    }
}
