import Glibc

/// Runs many jobs that mostly have nothing to do on a few threads.
///
/// A job is stepped by one thread at a time: when it is woken, when the time has come that its last step
/// named, or at once where that step said so. An idle job costs no thread and no time.
public final class TaskScheduler: @unchecked Sendable {
    /// What a job wants next.
    public enum Next: Sendable {
        case again
        /// After so many milliseconds, or when it is woken; nil is only then.
        case wait(milliseconds: Int?)
        case end
    }

    /// A job that was added.
    public final class Job: @unchecked Sendable {
        fileprivate let step: @Sendable () -> Next
        // Guarded by the scheduler's monitor.
        fileprivate var state = State.idle
        fileprivate var dueAt: Double?

        fileprivate enum State {
            case idle
            case ready
            case running
            /// Woken while it was being stepped.
            case runningAgain
            case ended
        }

        fileprivate init(_ step: @escaping @Sendable () -> Next) { self.step = step }
    }

    private let monitor = Monitor()
    // All below is guarded by `monitor`.
    private var ready: [Job] = []
    private var readyStart = 0
    /// Jobs that have a time.
    private var timed: [ObjectIdentifier: Job] = [:]
    private var isStopped = false
    private var threadsAtWork = 0

    public init(threads: Int) {
        for _ in 0..<max(1, threads) { startThread() }
    }

    private func startThread() {
        let box = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<TaskScheduler>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, box.toOpaque())
        guard code == 0 else { return box.release() }
        pthread_detach(thread)
        monitor.withLock { threadsAtWork += 1 }
    }

    /// Adds a job, which is stepped for the first time soon.
    public func add(_ step: @escaping @Sendable () -> Next) -> Job {
        let job = Job(step)
        wake(job)
        return job
    }

    /// Has a job stepped soon, and once more if it is being stepped now. From any thread.
    public func wake(_ job: Job) {
        monitor.withLock {
            switch job.state {
            case .idle:
                timed[ObjectIdentifier(job)] = nil
                enqueue(job)
            case .running: job.state = .runningAgain
            case .ready, .runningAgain, .ended: break
            }
        }
    }

    /// Returns when the job has ended; not to be called from a step. Somebody has to make it end.
    public func wait(for job: Job) {
        monitor.lock()
        defer { monitor.unlock() }
        while job.state != .ended, !isStopped { monitor.wait() }
    }

    /// Ends the threads once the steps under way are over, and waits for that.
    public func stop() {
        monitor.lock()
        defer { monitor.unlock() }
        isStopped = true
        monitor.signalAll()
        while threadsAtWork > 0 { monitor.wait() }
    }

    // MARK: Threads

    private func enqueue(_ job: Job) {
        job.state = .ready
        ready.append(job)
        monitor.signalAll()
    }

    private func takeReady() -> Job? {
        guard readyStart < ready.count else { return nil }
        let job = ready[readyStart]
        readyStart += 1
        if readyStart == ready.count {
            ready.removeAll(keepingCapacity: true)
            readyStart = 0
        }
        return job
    }

    private func work() {
        monitor.lock()
        defer {
            threadsAtWork -= 1
            monitor.signalAll()
            monitor.unlock()
        }
        while !isStopped {
            if let job = takeReady() {
                step(job)
            } else if let pause = takeDue() {
                if pause > 0 { monitor.wait(milliseconds: pause) }
            } else {
                monitor.wait()
            }
        }
    }

    private func step(_ job: Job) {
        job.state = .running
        monitor.unlock()
        let next = job.step()
        monitor.lock()
        let isWoken = job.state == .runningAgain
        switch next {
        case .end:
            job.state = .ended
            monitor.signalAll()
        case .again: enqueue(job)
        case .wait where isWoken: enqueue(job)
        case .wait(let milliseconds):
            job.state = .idle
            guard let milliseconds else { return }
            job.dueAt = Self.now + Double(milliseconds)
            timed[ObjectIdentifier(job)] = job
        }
    }

    /// Makes those ready whose time has come.
    ///
    /// - Returns: milliseconds until the next one's; 0 where there are ready ones now, nil where none has a
    ///   time.
    private func takeDue() -> Int? {
        guard !timed.isEmpty else { return nil }
        let now = Self.now
        var least = Double.infinity
        for (identifier, job) in timed {
            guard let due = job.dueAt else { continue }
            if due <= now {
                timed[identifier] = nil
                enqueue(job)
            } else {
                least = min(least, due)
            }
        }
        if readyStart < ready.count { return 0 }
        return least == .infinity ? nil : max(1, Int((least - now).rounded(.up)))
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }
}
