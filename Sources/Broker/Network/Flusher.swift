/// Makes logs durable in the background, and tells those who wait for it: one fsync serves all of a log who
/// came before it began.
final class Flusher: @unchecked Sendable {
    typealias Done = @Sendable (LogError?) -> Void

    private struct Pending {
        var waiters: [Done] = []
    }

    private let queue: WorkQueue
    private let signal = Signal()
    /// Logs that are in the queue, or being flushed.
    private var pending: [ObjectIdentifier: Pending] = [:]

    init(_ queue: WorkQueue) { self.queue = queue }

    /// Makes durable what the log has now, and shows it to readers.
    func flush(_ log: PartitionLog, _ done: Done? = nil) {
        let key = ObjectIdentifier(log)
        let isNew = signal.withLock {
            let isNew = pending[key] == nil
            if let done {
                pending[key, default: Pending()].waiters.append(done)
            } else if isNew {
                pending[key] = Pending()
            }
            return isNew
        }
        if isNew { queue.run { [self] in work(on: log) } }
    }

    private func work(on log: PartitionLog) {
        let key = ObjectIdentifier(log)
        // Whoever comes from here on asks anew: what they wrote may come too late for this fsync.
        let waiters = signal.withLock { pending.removeValue(forKey: key)?.waiters ?? [] }
        var failure: LogError?
        do throws(LogError) { try log.synchroniseBesideAppends() } catch { failure = error }
        for waiter in waiters { waiter(failure) }
        log.tellReaders()
    }
}
