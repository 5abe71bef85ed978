/// The faults of the shop as chances at the two moments when they are decided.
///
/// The configuration gives each as a share of all lines. With L lines, d·L are repeats, m·L malformed and
/// (1 − d − m)·L events, l·L of them late. A line is asked to be malformed only when no repeat and no late
/// event is due, which is so for (1 − d − l)·L lines.
struct ShopFaults: Sendable {
    /// A repeat follows within a minute, a late event within five, both far inside a watermark of ten.
    static let longestRepeatDelay: Int64 = 60_000
    static let latenessRange: ClosedRange<Int64> = 1000...300_000

    /// How often an event is repeated on average.
    let repeatsPerEvent: Double
    /// The chance of an event to be held back.
    let lateChance: Double
    /// The chance of a line to be malformed.
    let malformedChance: Double
    private let delays: [Int64]

    init(duplicates: Double, late: Double, malformed: Double) {
        let events = 1 - duplicates - malformed
        repeatsPerEvent = events > 0 ? duplicates / events : 0
        lateChance = events > 0 ? min(late / events, 0.95) : 0
        malformedChance = min(malformed / max(1 - duplicates - late, 0.01), 1)
        // Short delays are the usual ones: evenly spread over the orders of magnitude from 1 s to 300 s.
        var delay = Double(Self.latenessRange.lowerBound)
        delays = (0..<1024).map { _ in
            defer { delay *= 1.005_591_2 }
            return min(Int64(delay), Self.latenessRange.upperBound)
        }
    }

    func drawLateness(_ random: inout RandomSource) -> Int64 {
        delays[Int(truncatingIfNeeded: random.next() &>> 54)]
    }
}
