import Glibc

/// The threads that do the work of one task, or of many.
///
/// Two kinds of work: `forEach`, the phases of a round, which the caller waits for; and jobs in the
/// background, such as encoding a file, which threads take up when no phase needs them. Background jobs hold
/// at most `backgroundLimit` bytes: whoever adds more works on them until there is room, so memory stays
/// bounded.
/// With one thread all runs on the caller's.
public final class WorkerPool: @unchecked Sendable {
    public let threadCount: Int
    private let backgroundLimit: Int
    private let monitor = Monitor()

    // All below is guarded by `monitor`.
    /// Those that have calls left to begin, the oldest first.
    private var phases: [Phase] = []
    private var jobs: [Job] = []
    private var jobsRunning = 0
    private var jobBytes = 0
    private var isStopped = false
    /// How many callers hold jobs back.
    private var holders = 0

    private final class Phase: @unchecked Sendable {
        let count: Int
        let body: @Sendable (Int) -> Void
        var next = 0
        var finished = 0

        init(count: Int, body: @escaping @Sendable (Int) -> Void) {
            self.count = count
            self.body = body
        }
    }

    /// Background jobs that somebody waits for together.
    public final class JobGroup: @unchecked Sendable {
        /// Waiting or running; guarded by the pool's monitor.
        fileprivate var count = 0

        public init() {}
    }

    private struct Job {
        let bytes: Int
        let group: JobGroup?
        let body: @Sendable () -> Void
    }

    /// - Parameters:
    ///   - threads: how many work, the caller of `forEach` included; at least 1.
    ///   - backgroundLimit: bytes that waiting and running background jobs may hold.
    public init(threads: Int, backgroundLimit: Int = 256 << 20) {
        threadCount = max(1, threads)
        self.backgroundLimit = backgroundLimit
        for _ in 1..<max(1, threads) { startThread() }
    }

    /// Ends the threads once they have finished what they are at.
    public func stop() {
        monitor.withLock {
            isStopped = true
            monitor.signalAll()
        }
    }

    private func startThread() {
        let box = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<WorkerPool>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, box.toOpaque())
        if code == 0 { pthread_detach(thread) } else { box.release() }
    }

    // MARK: Phases

    /// Calls `body` with 0 ..< `count`, on several threads, and returns when all calls have.
    public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        if threadCount == 1 || count <= 1 {
            for index in 0..<count { body(index) }
            return
        }
        withoutActuallyEscaping(body) { body in
            let phase = Phase(count: count, body: body)
            monitor.lock()
            phases.append(phase)
            monitor.signalAll()
            while phase.next < phase.count { runOne(of: phase) }
            while phase.finished < phase.count { monitor.wait() }
            monitor.unlock()
        }
    }

    /// Takes the phase's next index and runs it outside of the lock.
    private func runOne(of phase: Phase) {
        let index = phase.next
        phase.next += 1
        if phase.next == phase.count { phases.removeAll { $0 === phase } }
        monitor.unlock()
        phase.body(index)
        monitor.lock()
        phase.finished += 1
        if phase.finished == phase.count { monitor.signalAll() }
    }

    // MARK: Background

    /// Adds a job that holds `bytes` of memory until it has run.
    public func enqueue(bytes: Int, group: JobGroup? = nil, _ job: @escaping @Sendable () -> Void) {
        monitor.lock()
        defer { monitor.unlock() }
        if threadCount == 1, holders == 0 {
            monitor.unlock()
            job()
            monitor.lock()
            return
        }
        jobs.append(Job(bytes: bytes, group: group, body: job))
        group?.count += 1
        jobBytes += bytes
        monitor.signalAll()
        while jobBytes > backgroundLimit, !jobs.isEmpty { runJob(0) }
    }

    /// Runs `body`, in which somebody waits for an answer, without starting background jobs meanwhile, unless
    /// there are too many.
    public func holdingBackground<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
        monitor.withLock { holders += 1 }
        defer {
            monitor.lock()
            holders -= 1
            while threadCount == 1, !jobs.isEmpty { runJob(0) }
            monitor.signalAll()
            monitor.unlock()
        }
        try body()
    }

    /// Returns when no background job is waiting or running; the caller works on them too.
    public func drainBackground() {
        monitor.lock()
        defer { monitor.unlock() }
        while true {
            if !jobs.isEmpty {
                runJob(0)
            } else if jobsRunning > 0 {
                monitor.wait()
            } else {
                return
            }
        }
    }

    /// Returns when no job of the group is waiting or running; the caller works on them too.
    public func drain(_ group: JobGroup) {
        monitor.lock()
        defer { monitor.unlock() }
        while group.count > 0 {
            if let index = jobs.firstIndex(where: { $0.group === group }) {
                runJob(index)
            } else {
                monitor.wait()
            }
        }
    }

    private func runJob(_ index: Int) {
        let job = jobs.remove(at: index)
        jobsRunning += 1
        monitor.unlock()
        job.body()
        monitor.lock()
        jobsRunning -= 1
        jobBytes -= job.bytes
        job.group?.count -= 1
        monitor.signalAll()
    }

    private func work() {
        monitor.lock()
        defer { monitor.unlock() }
        while !isStopped {
            if let phase = phases.first {
                runOne(of: phase)
            } else if !jobs.isEmpty, holders == 0 {
                runJob(0)
            } else {
                monitor.wait()
            }
        }
    }
}
