/// For how long each partition of a source has had nothing to give.
///
/// Silence begins when the source is asked and has nothing: records that wait while nobody asks are no
/// silence, nor is the time in which the pipeline did not run.
struct Silence {
    /// Milliseconds after which a partition is idle.
    let timeout: Int64
    private var all: Entry?
    private var partitions: [Int: Entry] = [:]
    /// Whether it had records when it was last asked: then there may be more, of any partition.
    private var isBehind = false

    /// The silence of a partition, or of the source as long as it has given nothing.
    private struct Entry {
        /// Up to which its time was counted.
        var since: Int64
        /// Past its time-out: all that passes counts.
        var isIdle = false

        func passed(_ clock: Int64, _ timeout: Int64) -> Int64? {
            let passed = max(0, clock &- since)
            return isIdle || passed >= timeout ? passed : nil
        }
    }

    init(timeout: Int64) { self.timeout = timeout }

    /// The source was asked and had nothing.
    mutating func note(_ progress: SourceProgress, clock: Int64) {
        isBehind = false
        for number in progress.heard { partitions[number] = nil }
        for number in progress.begun where partitions[number] == nil {
            partitions[number] = Entry(since: clock)
        }
        if all == nil { all = Entry(since: clock) }
    }

    /// The source was asked and had records, of partitions that are not known yet.
    mutating func interrupt() {
        isBehind = true
        all = nil
    }

    /// The source can't be asked: what waits there is no silence.
    mutating func restart() {
        all = nil
        partitions = [:]
    }

    /// The time that has passed for its idle partitions; nil when none is idle.
    func idleTime(of source: Int, _ progress: SourceProgress, clock: Int64) -> IdleTime? {
        if isBehind { return nil }
        let begun = progress.begun
        guard !begun.isEmpty else {
            guard all?.passed(clock, timeout) != nil else { return nil }
            return IdleTime(source: source, isWhole: true, partitions: [])
        }
        let idle = begun.compactMap { number -> IdleTime.Partition? in
            guard !progress.heard.contains(number) else { return nil }
            return partitions[number]?.passed(clock, timeout).map { .init(number: number, passed: $0) }
        }
        guard !idle.isEmpty else { return nil }
        return IdleTime(source: source, isWhole: idle.count == begun.count, partitions: idle)
    }

    /// The time has been counted.
    mutating func count(_ time: IdleTime, clock: Int64) {
        for entry in time.partitions { partitions[entry.number] = Entry(since: clock, isIdle: true) }
        if time.partitions.isEmpty { all = Entry(since: clock, isIdle: true) }
    }

    /// Milliseconds until a partition is idle that is not yet; nil where there is none.
    func remaining(_ clock: Int64) -> Int64? {
        let entries = partitions.isEmpty ? [all].compactMap { $0 } : Array(partitions.values)
        return entries.filter { !$0.isIdle }.map { max(0, $0.since &+ timeout &- clock) }.min()
    }
}
