/// Makes logs durable in the background, and tells those who wait for it.
///
/// One fsync serves all of a log whose records were there when it began, and a log has one at a time. Where
/// many logs wait, and it is quicker, one call makes their whole disk durable.
final class Flusher: @unchecked Sendable {
    typealias Done = @Sendable (LogError?) -> Void

    private struct Waiter {
        /// All before this offset is to be durable.
        let target: Int64
        let done: Done
    }

    private struct Entry {
        let log: PartitionLog
        /// The greatest of all that was asked for, also by those who do not wait.
        var target: Int64 = 0
        var waiters: [Waiter] = []
    }

    private let queue: WorkQueue
    private let signal = Signal()
    /// Logs that are waiting, or being flushed.
    private var entries: [ObjectIdentifier: Entry] = [:]
    /// Those that are waiting, from `first` on.
    private var ready: [PartitionLog] = []
    private var first = 0
    private var isSharing = false

    init(_ queue: WorkQueue) { self.queue = queue }

    /// Makes durable what the log has now, and shows it to readers.
    func flush(_ log: PartitionLog, _ done: Done? = nil) {
        flush(log, upTo: log.bounds.logEnd, done)
    }

    /// Makes durable what lies before an offset.
    func flush(_ log: PartitionLog, upTo target: Int64, _ done: Done? = nil) {
        let key = ObjectIdentifier(log)
        let isNew = signal.withLock {
            let isNew = entries[key] == nil
            var entry = entries[key] ?? Entry(log: log)
            entry.target = max(entry.target, target)
            if let done { entry.waiters.append(Waiter(target: target, done: done)) }
            entries[key] = entry
            if isNew { ready.append(log) }
            return isNew
        }
        if isNew { queue.run { [self] in work() } }
    }

    /// One log, or all that wait: the jobs of the others then find nothing left to do.
    private func work() {
        var logs: [PartitionLog] = []
        signal.withLock {
            let count = ready.count - first
            guard count > 0 else { return }
            let shares = count > 1 && !isSharing && ready[first].pool.sharedFlush.isQuicker(than: count)
            logs = Array(ready[first..<(shares ? ready.count : first + 1)])
            first += logs.count
            if first == ready.count || first > 1024 && first * 2 > ready.count {
                ready.removeFirst(first)
                first = 0
            }
            isSharing = isSharing || shares
        }
        if logs.count > 1 {
            PartitionLog.synchronise(together: logs) { finish($0, $1, $2) }
            signal.withLock { isSharing = false }
        } else if let log = logs.first {
            work(on: log)
        }
    }

    private func work(on log: PartitionLog) {
        do throws(LogError) {
            let flush = try log.beginFlush()
            if flush.isNeeded { try log.carryOut(flush) }
            finish(log, flush.end, nil)
        } catch {
            finish(log, .max, error)
        }
    }

    /// Tells those for whom it was enough; for others the log is flushed again.
    private func finish(_ log: PartitionLog, _ end: Int64, _ failure: LogError?) {
        let key = ObjectIdentifier(log)
        let (served, isAgain) = signal.withLock { () -> ([Waiter], Bool) in
            guard var entry = entries[key] else { return ([], false) }
            let served = entry.waiters.filter { $0.target <= end }
            entry.waiters.removeAll { $0.target <= end }
            let isAgain = entry.target > end
            entries[key] = isAgain ? entry : nil
            if isAgain { ready.append(log) }
            return (served, isAgain)
        }
        for waiter in served { waiter.done(failure) }
        log.tellReaders()
        if isAgain { queue.run { [self] in work() } }
    }
}
