import Columnar
import Planning
import Storage

/// How many rows came in the windows before, and whether one more is as usual.
///
/// Windows are judged in the order of time, once the source's newest event lies behind their end. The first
/// one that has rows is left out: nobody knows how much of it is missing.
struct VolumeHistory: Equatable {
    /// A window that was judged.
    struct Window: Equatable {
        let start: Int64
        let rows: Int64
        /// The median of the windows before; nil while there are too few to say.
        var usual: Double?
        /// What one deviation is, in rows.
        var deviation = 1.0
        var status = RuleStatus.pass

        /// How many deviations it lies from the usual.
        var distance: Double { usual.map { abs(Double(rows) - $0) / deviation } ?? 0 }
    }

    /// Rows of judged windows, oldest first.
    private(set) var counts: [Int64] = []
    /// Rows of windows that are still counted, by start.
    private(set) var open: [Int64: Int64] = [:]
    /// The window to be judged next.
    private(set) var next: Int64?

    /// A deviation is never less than this share of the usual: what is steadier than that would alarm for
    /// nothing.
    private static let leastShare = 0.05
    /// Turns a median of absolute deviations into what is a standard deviation where chance is normal.
    private static let medianScale = 1.4826
    /// Windows that are kept open, so that times without bounds take no memory without bounds.
    private static let openLimit = 10_000
    /// Times outside mean nothing, and inside sums do not overflow.
    private static let times = Int64.min / 4...Int64.max / 4

    init() {}

    /// Takes rows by window; those of windows that were judged are too late.
    mutating func take(_ windows: [Int64: Int64], size: Int64) {
        let windows = windows.filter { Self.times.contains($0.key) }
        guard !windows.isEmpty else { return }
        if next == nil, let first = windows.keys.min() { next = first + size }
        for (start, rows) in windows where start >= next ?? .min { open[start, default: 0] += rows }
        if open.count > Self.openLimit {
            for start in open.keys.sorted().dropFirst(Self.openLimit) { open[start] = nil }
        }
    }

    /// Judges the windows that end, with their grace, at or before `time`.
    mutating func close(upTo time: Int64, _ plan: VolumePlan) -> [Window] {
        let last = min(max(time, Self.times.lowerBound), Self.times.upperBound) - plan.window - plan.grace
        var judged: [Window] = []
        while let start = next, start <= last {
            judged += close(from: start, to: last, plan)
            guard let reached = next, reached <= last else { break }
            // A silence longer than the history: what was usual before it says nothing any more.
            counts = []
            next = open.keys.filter { $0 >= reached }.min().map { $0 + plan.window }
            open = open.filter { $0.key >= next ?? .max }
        }
        return judged
    }

    /// Judges windows up to `last`, or to the end of a silence that is as long as the history.
    private mutating func close(from first: Int64, to last: Int64, _ plan: VolumePlan) -> [Window] {
        var judged: [Window] = []
        var start = first
        var empty = 0
        while start <= last, empty <= plan.history {
            let rows = open.removeValue(forKey: start) ?? 0
            empty = rows == 0 ? empty + 1 : 0
            judged.append(judge(Window(start: start, rows: rows), plan))
            counts.append(rows)
            if counts.count > plan.history { counts.removeFirst(counts.count - plan.history) }
            start += plan.window
        }
        next = start
        return judged
    }

    private func judge(_ window: Window, _ plan: VolumePlan) -> Window {
        guard counts.count >= plan.leastHistory else { return window }
        var window = window
        let usual = Self.median(counts.map(Double.init))
        let spread = Self.median(counts.map { abs(Double($0) - usual) }) * Self.medianScale
        window.usual = usual
        window.deviation = max(spread, max(usual, 1).squareRoot(), usual * Self.leastShare)
        if window.distance >= plan.failure {
            window.status = .fail
        } else if let warning = plan.warning, window.distance >= warning {
            window.status = .warn
        }
        return window
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    // MARK: In the checkpoint

    func encode(into encoder: inout BinaryEncoder) {
        encoder.add(next != nil)
        encoder.add(next ?? 0)
        encoder.add(UInt32(counts.count))
        for count in counts { encoder.add(count) }
        encoder.add(UInt32(open.count))
        for (start, rows) in open.sorted(by: { $0.key < $1.key }) {
            encoder.add(start)
            encoder.add(rows)
        }
    }

    init(from decoder: inout BinaryDecoder) throws(BinaryDecoder.Failure) {
        let hasNext = try decoder.flag()
        let value = try decoder.number(Int64.self)
        next = hasNext ? value : nil
        counts = try decoder.list { item throws(BinaryDecoder.Failure) in try item.number(Int64.self) }
        for _ in 0..<(try decoder.number(UInt32.self)) {
            let start = try decoder.number(Int64.self)
            open[start] = try decoder.number(Int64.self)
        }
    }
}
