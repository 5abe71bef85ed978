import Diagnostics

/// All that `millrace simulate` can be told; ``validate()`` holds the rules.
///
/// Shares are fractions of all lines. A run is *paced* by the wall clock when `rate` or `duration` is
/// given or nothing limits it, and goes as fast as it can when only `events` is given. Unpaced, event
/// time runs at ``eventsPerSecond`` with a day and night curve; paced, at exactly that rate.
public struct SimulationConfiguration: Equatable, Sendable {
    /// Lines per second when no rate is given.
    public static let usualRate = 1000.0
    /// Each bot needs ten times its share of the lines, or it would crowd the shoppers out.
    static let ratePerBot = 10.0
    static let slowestRate = 0.001
    static let fastestRate = 100_000_000.0

    public var scenario = SimulationScenario.shop
    public var profile = ShopProfile.medallion
    /// `nil`: what the profile's pipeline reads.
    public var format: LineFormat?
    /// Lines to make, repeats and malformed ones included.
    public var events: Int?
    /// How long to run by the wall clock.
    public var duration: Duration?
    /// Lines per second.
    public var rate: Double?
    /// How long each file is written to; of a range, each file draws its own. `nil`: see ``fileInterval``.
    public var every: ClosedRange<Duration>?
    /// First event time in milliseconds since 1970. `nil`: now when paced, else a fixed Monday morning,
    /// so that the same seed gives the same bytes.
    public var startMilliseconds: Int64?
    public var seed: UInt64 = 1
    public var duplicates = 0.0
    public var late = 0.0
    public var malformed = 0.0
    /// Bots that visit, each over 100 pages a minute while it is there.
    public var bots = 0

    public init() {}

    public var isPaced: Bool { rate != nil || duration != nil || events == nil }

    /// Lines per second of event time.
    public var eventsPerSecond: Double { rate ?? Self.usualRate }

    /// The time each file covers: 10 s, for the profile `csv` 1 to 3 s; unpaced, `nil` unless asked for:
    /// then only size ends a file.
    public var fileInterval: ClosedRange<Duration>? {
        if let every { return every }
        guard isPaced else { return nil }
        return profile == .csv ? .seconds(1) ... .seconds(3) : .seconds(10) ... .seconds(10)
    }

    /// Lines that the whole run makes; `nil` when it ends only by being stopped.
    public var plannedLines: Int? {
        if let events { return events }
        guard let duration else { return nil }
        let lines = (Double(duration.wholeMilliseconds) / 1000 * eventsPerSecond).rounded(.up)
        return lines < 1e15 ? Int(lines) : nil
    }

    /// - Throws: a `usage` diagnostic naming the flag, its value and what was expected.
    public func validate() throws(Diagnostic) {
        guard scenario == .shop else {
            throw Diagnostic(
                .unsupported, "this version does not simulate \(scenario.rawValue) yet",
                expected: SimulationScenario.shop.rawValue)
        }
        try validateLimits()
        try validateShares()
        guard bots >= 0, bots <= 9999 else {
            throw Diagnostic(
                .usage, "--bots \(bots) is out of range", expected: "a whole number from 0 to 9999")
        }
        let needed = Double(bots) * Self.ratePerBot
        guard needed <= eventsPerSecond else {
            throw Diagnostic(
                .usage, "--bots \(bots) is too many for \(Self.plain(eventsPerSecond)) events a second",
                expected:
                    "at most \(Int(eventsPerSecond / Self.ratePerBot)): each views 2 to 3 pages a second",
                hint: "raise --rate to \(Self.plain(needed)) or more, or lower --bots")
        }
    }

    private func validateLimits() throws(Diagnostic) {
        if let events, events < 1 {
            throw Diagnostic(.usage, "--events \(events) is too few", expected: "a whole number from 1")
        }
        if let duration, duration <= .zero {
            throw Diagnostic(
                .usage, "--for \(duration) is too short", expected: "a duration above 0, such as 60s",
                hint: "leave --for out to run until Ctrl-C")
        }
        if events != nil, duration != nil {
            throw Diagnostic(
                .usage, "--events and --for both say when to end", expected: "one of them",
                hint: "use --events N for a number of lines, or --for with --rate")
        }
        if let rate, !(rate >= Self.slowestRate && rate <= Self.fastestRate) {
            throw Diagnostic(
                .usage, "--rate \(Self.plain(rate)) is out of range",
                expected: "events per second from \(Self.slowestRate) to \(Self.plain(Self.fastestRate))",
                hint: "leave --rate out and give --events to go as fast as the machine can")
        }
        if let every, every.lowerBound < .milliseconds(10) {
            throw Diagnostic(
                .usage, "--every is too short", expected: "10ms or more, such as 10s or 1s-3s")
        }
        let lastStart: Int64 = 253_370_764_800_000
        if let start = startMilliseconds, !(0..<lastStart).contains(start) {
            throw Diagnostic(.usage, "--start is out of range", expected: "a time in the years 1970 to 9998")
        }
    }

    private func validateShares() throws(Diagnostic) {
        for (flag, share) in [("--duplicates", duplicates), ("--late", late), ("--malformed", malformed)]
        where !(share >= 0 && share <= 1) {
            throw Diagnostic(
                .usage, "\(flag) \(share) is not a fraction", expected: "a number from 0 to 1; 0.02 is 2 %")
        }
        let sum = duplicates + late + malformed
        guard sum <= 0.9 else {
            throw Diagnostic(
                .usage, "--duplicates, --late and --malformed add up to \(sum)",
                expected: "at most 0.9, so that some events are left to arrive well",
                hint: "lower one of them")
        }
    }

    /// `1000` rather than `1000.0`.
    private static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }
}
