import Glibc

/// The threads that answer requests, which may wait: for the disk, for a topic.
///
/// Threads are made as they are needed, up to a limit; beyond it requests wait their turn. The one that has
/// been idle for the shortest time is taken first.
public final class RequestThreads: @unchecked Sendable {
    /// What a request needs done; may wait.
    public typealias Job = @Sendable () -> Void

    /// A thread and what it is to do next; guarded by its monitor.
    private final class Worker: @unchecked Sendable {
        let monitor = Monitor()
        var job: Job?
        var isStopped = false
    }

    private let limit: Int
    private let monitor = Monitor()
    // All below is guarded by `monitor`.
    private var idle: [Worker] = []
    private var waiting: [Job?] = []
    private var waitingStart = 0
    private var count = 0
    private var isStopped = false

    public init(limit: Int) { self.limit = max(1, limit) }

    public func run(_ job: @escaping Job) {
        let (worker, isNew) = monitor.withLock { () -> (Worker?, Bool) in
            if let worker = idle.popLast() { return (worker, false) }
            guard count < limit, !isStopped else {
                waiting.append(job)
                return (nil, false)
            }
            count += 1
            return (Worker(), true)
        }
        guard let worker else { return }
        worker.monitor.withLock {
            worker.job = job
            worker.monitor.signalAll()
        }
        if isNew { start(worker) }
    }

    /// Ends idle threads now and the others when they have done what they are at.
    public func stop() {
        let idle = monitor.withLock { () -> [Worker] in
            isStopped = true
            defer { self.idle = [] }
            return self.idle
        }
        for worker in idle {
            worker.monitor.withLock {
                worker.isStopped = true
                worker.monitor.signalAll()
            }
        }
    }

    private func start(_ worker: Worker) {
        let box = Unmanaged.passRetained(Start(self, worker))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                start.threads.work(start.worker)
                return nil
            }, box.toOpaque())
        if code == 0 {
            pthread_detach(thread)
            return
        }
        // No thread is to be had: the caller's does the work, and what waits meanwhile for nobody else.
        box.release()
        monitor.withLock { count -= 1 }
        worker.job?()
        while let job = monitor.withLock({ count == 0 ? takeWaiting() : nil }) { job() }
    }

    private final class Start {
        let threads: RequestThreads
        let worker: Worker

        init(_ threads: RequestThreads, _ worker: Worker) {
            self.threads = threads
            self.worker = worker
        }
    }

    private func work(_ worker: Worker) {
        while let job = next(worker) { job() }
        monitor.withLock { count -= 1 }
    }

    private func next(_ worker: Worker) -> Job? {
        worker.monitor.lock()
        defer { worker.monitor.unlock() }
        if let job = take(worker) { return job }
        let early = monitor.withLock { () -> Job? in
            if let job = takeWaiting() { return job }
            if isStopped { worker.isStopped = true } else { idle.append(worker) }
            return nil
        }
        if let early { return early }
        while !worker.isStopped {
            if let job = take(worker) { return job }
            worker.monitor.wait()
        }
        return nil
    }

    private func take(_ worker: Worker) -> Job? {
        defer { worker.job = nil }
        return worker.job
    }

    /// The first that waits; the monitor is held.
    private func takeWaiting() -> Job? {
        guard waitingStart < waiting.count else { return nil }
        defer { waitingStart += 1 }
        let job = waiting[waitingStart]
        // What has been taken is not kept: it holds its request.
        waiting[waitingStart] = nil
        if waitingStart >= 64, waitingStart * 2 > waiting.count {
            waiting.removeFirst(waitingStart)
            waitingStart = 0
        }
        return job
    }
}
