/// Work that may wait for the disk, done in order by a few threads.
///
/// Its length has a bound by what is put into it: each log, waiting fetch and ending transaction
/// once, and one deletion of each connection.
final class WorkQueue: @unchecked Sendable {
    typealias Job = @Sendable () -> Void

    private let signal = Signal()
    private let threads = BrokerThreads()
    private var jobs: [Job] = []
    private var first = 0
    private var isStopped = false

    init(threads count: Int) {
        for _ in 0..<count { threads.start { [self] in work() } }
    }

    func run(_ job: @escaping Job) {
        signal.withLock {
            guard !isStopped else { return }
            jobs.append(job)
            signal.wakeOne()
        }
    }

    private func work() {
        while let job = next() { job() }
    }

    private func next() -> Job? {
        signal.lock()
        defer { signal.unlock() }
        while first == jobs.count {
            if isStopped { return nil }
            signal.wait()
        }
        let job = jobs[first]
        first += 1
        if first == jobs.count {
            jobs.removeAll(keepingCapacity: first < 1024)
            first = 0
        } else if first > 1024, first * 2 > jobs.count {
            jobs.removeFirst(first)
            first = 0
        }
        return job
    }

    /// Does what is there, and returns when the threads have ended.
    func stop() {
        signal.withLock {
            isStopped = true
            signal.wakeAll()
        }
        threads.join()
    }
}
