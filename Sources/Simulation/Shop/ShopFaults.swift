/// The faults of the shop as chances at the moments when they are decided.
///
/// The configuration gives each as a share of all lines. With L lines, d·L are repeats, m·L malformed and
/// (1 − d − m)·L events, l·L of them late. Every line is asked whether it is malformed, every event whether
/// it is late and how often it is repeated.
struct ShopFaults: Sendable {
    /// A repeat follows within a minute, a late event within five, both far inside a watermark of ten.
    private static let longestRepeat: Int64 = 60_000
    private static let longestLateness: Int64 = 300_000

    /// How often an event is repeated on average.
    let repeatsPerEvent: Double
    /// The chance of an event to be held back.
    let lateChance: Double
    /// The chance of a line to be malformed.
    let malformedChance: Double
    private let repeatDelays: [Int64]
    private let latenesses: [Int64]

    init(duplicates: Double, late: Double, malformed: Double) {
        let events = 1 - duplicates - malformed
        repeatsPerEvent = events > 0 ? duplicates / events : 0
        lateChance = events > 0 ? min(late / events, 0.95) : 0
        malformedChance = malformed
        repeatDelays = Self.delays(from: 100, to: Self.longestRepeat, ratio: 1.006_272_6)
        latenesses = Self.delays(from: 1000, to: Self.longestLateness, ratio: 1.005_591_2)
    }

    /// Milliseconds from an event to its repeat.
    func drawRepeatDelay(_ random: inout RandomSource) -> Int64 {
        repeatDelays[Int(truncatingIfNeeded: random.next() &>> 54)]
    }

    /// Milliseconds that a late event is held back.
    func drawLateness(_ random: inout RandomSource) -> Int64 {
        latenesses[Int(truncatingIfNeeded: random.next() &>> 54)]
    }

    /// 1,024 delays, evenly spread over the orders of magnitude, as short ones are the usual ones; `ratio` is
    /// (last / first)^(1/1023), written out because the C library's power may differ from machine to machine.
    private static func delays(from first: Int64, to last: Int64, ratio: Double) -> [Int64] {
        var delay = Double(first)
        return (0..<1024).map { _ in
            defer { delay *= ratio }
            return min(Int64(delay), last)
        }
    }
}
