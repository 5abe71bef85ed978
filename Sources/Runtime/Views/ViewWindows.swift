import Columnar
import Planning

/// How the windows of a table lie, and how long their rows are kept. Milliseconds.
struct ViewWindows: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// Windows of one size that begin at multiples of `advance`, where that is known.
        case time(size: Int64, advance: Int64?)
        case session
    }

    let kind: Kind
    /// From a window's start, of a session from its end, until its row is forgotten.
    let retention: Int64

    /// As ksqlDB has it: what RETENTION says, else a day and the window, and never less than rows may still
    /// change.
    init(_ window: WindowPlan) {
        switch window.kind {
        case .tumbling(let size):
            kind = .time(size: size, advance: size)
            retention = Self.retention(window, size)
        case .hopping(let size, let advance):
            kind = .time(size: size, advance: advance)
            retention = Self.retention(window, size)
        case .session(let gap):
            kind = .session
            retention = Self.retention(window, gap)
        }
    }

    /// Of a table whose windows somebody else makes.
    init(_ windowing: Relation.Windowing) {
        switch windowing {
        case .time(let size):
            kind = .time(size: size, advance: nil)
            retention = size &+ Self.day
        case .session:
            kind = .session
            retention = Self.day
        }
    }

    private static let day: Int64 = 86_400_000

    private static func retention(_ window: WindowPlan, _ length: Int64) -> Int64 {
        max(window.retention ?? length &+ day, length &+ window.grace)
    }

    /// The watermark at which a window's row is forgotten.
    func expiry(start: Int64, end: Int64) -> Int64 {
        switch kind {
        case .time: return start &+ retention &+ 1
        case .session: return end &+ retention &+ 1
        }
    }

    /// The starts that windows may have whose bounds lie within `bounds`, as far as they can be told one by
    /// one and are few.
    ///
    /// - Parameter kept: the starts that there are rows of.
    func starts(within bounds: WindowBounds, kept: ClosedRange<Int64>) -> StrideThrough<Int64>? {
        guard case .time(let size, let advance) = kind else { return nil }
        let ends = (bounds.ends.lowerBound.subtractingReportingOverflow(size), bounds.ends.upperBound)
        let lowest = max(
            bounds.starts.lowerBound, ends.0.overflow ? .min : ends.0.partialValue, kept.lowerBound)
        let highest = min(
            bounds.starts.upperBound, ends.1 &- size < ends.1 ? ends.1 &- size : .min, kept.upperBound)
        guard lowest <= highest else { return stride(from: 1, through: 0, by: 1) }
        if lowest == highest { return stride(from: lowest, through: lowest, by: 1) }
        guard let advance else { return nil }
        let first = Civil.floorDivide(lowest &+ advance &- 1, advance) &* advance
        guard first >= lowest else { return nil }
        let (length, overflows) = highest.subtractingReportingOverflow(first)
        guard !overflows, length / advance < Self.fewStarts else { return nil }
        return stride(from: first, through: highest, by: Int64.Stride(advance))
    }

    /// Above this going through a whole shard is thought to be cheaper.
    private static let fewStarts: Int64 = 4096
}
