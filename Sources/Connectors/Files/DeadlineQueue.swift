/// Files with the times at which something is due for them, in the order of these times.
struct DeadlineQueue {
    private var entries: [(file: TrackedFile, time: Int64)] = []
    private var head = 0

    /// The earliest time.
    var nextTime: Int64? { head < entries.count ? entries[head].time : nil }

    /// `time` is not before those that were appended earlier, or is looked at a little late.
    mutating func append(_ file: TrackedFile, at time: Int64) { entries.append((file, time)) }

    /// Takes out the first file if its time has come by `now`.
    mutating func popDue(_ now: Int64) -> (file: TrackedFile, time: Int64)? {
        guard head < entries.count, entries[head].time <= now else { return nil }
        defer {
            head += 1
            if head > 64, head * 2 > entries.count {
                entries.removeFirst(head)
                head = 0
            }
        }
        return entries[head]
    }
}
