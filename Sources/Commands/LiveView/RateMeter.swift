/// Things per second of a total that grows in bursts: the mean of the last ten seconds.
///
/// Files come every few seconds and are read in no time: over a shorter time the rate would be their beat.
struct RateMeter: Sendable {
    private static let windowMilliseconds: Int64 = 10_000

    /// Totals and when they were taken, the oldest first.
    private var samples: [(total: Int64, milliseconds: Int64)] = []

    init() {}

    /// 0 until a second has passed.
    var perSecond: Double {
        guard let first = samples.first, let last = samples.last,
            last.milliseconds - first.milliseconds >= 1000
        else { return 0 }
        return Double(last.total - first.total) * 1000 / Double(last.milliseconds - first.milliseconds)
    }

    /// Takes the total at a time, in milliseconds of any clock that never goes back.
    mutating func take(_ total: Int64, at milliseconds: Int64) {
        if let last = samples.last, milliseconds <= last.milliseconds { return }
        samples.append((total, milliseconds))
        let oldest = milliseconds - Self.windowMilliseconds
        // One sample from before the window stays: the rate is over all of it.
        let passed = samples.firstIndex { $0.milliseconds > oldest } ?? 0
        if passed > 1 { samples.removeFirst(passed - 1) }
    }
}
