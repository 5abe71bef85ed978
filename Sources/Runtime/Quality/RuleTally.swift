import Columnar

/// What one thread's place of work, a slot or a shard, has seen for a rule in an epoch.
///
/// Sums and extremes only: however the rows are shared out, the whole is the same.
struct RuleTally {
    /// The first row that failed, in source order.
    struct Example {
        /// Ascending in source order, among the examples of one rule and epoch.
        let order: Int64
        let text: String
    }

    var checked: Int64 = 0
    var failing: Int64 = 0
    var example: Example?
    /// The largest event time; `Int64.min` without rows.
    var newest = Int64.min
    /// Rows by the start of their window.
    var windows: [Int64: Int64] = [:]

    mutating func note(_ order: Int64, _ text: () -> String) {
        if let example, example.order <= order { return }
        example = Example(order: order, text: text())
    }

    mutating func add(_ other: RuleTally) {
        checked += other.checked
        failing += other.failing
        if let theirs = other.example, theirs.order < example?.order ?? .max { example = theirs }
        newest = max(newest, other.newest)
        windows.merge(other.windows) { $0 + $1 }
    }

    /// Takes rows for a count by window. Neighbours mostly share one, so the table is asked once for a run.
    mutating func count(_ rows: RowSet, times: Column, window: Int64) {
        let times = times.int64s
        var start = Int64.min
        var run: Int64 = 0
        var found = windows
        rows.forEach { row in
            let time = times[row]
            if time >= start, time &- start < window, run > 0 {
                run += 1
            } else {
                if run > 0 { found[start, default: 0] += run }
                start = Civil.floorDivide(time, window) &* window
                run = 1
            }
        }
        if run > 0 { found[start, default: 0] += run }
        windows = found
    }
}
