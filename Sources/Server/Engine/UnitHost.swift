import Diagnostics
import Planning
import Runtime
import Synchronization

/// Keeps one unit's task at work: starts it, steps it when there is input, tries again when it failed, and
/// ends it at a committed epoch.
final class UnitHost: @unchecked Sendable {
    let unit: PlanUnit
    /// Tells units apart that have the same name.
    let signature: UInt64
    private let make: (UnitHost) throws(Diagnostic) -> PipelineTask
    private let shelter: TaskScheduler?
    /// A unit whose sources can't wake it looks for input so often, milliseconds; nil is never.
    private let interval: Int?
    private let shared = Mutex(Shared())

    private struct Shared {
        var job: TaskScheduler.Job?
        var scheduler: TaskScheduler?
        var task: PipelineTask?
        /// One that takes up its state and opens its targets, which may be away.
        var starting: PipelineTask?
        var isStopping = false
        var hasBegun = false
        var failure: Diagnostic?
        var lastStatus = PipelineStatus()
        var pause = UnitHost.firstPause
    }

    private static let firstPause = 500
    private static let longestPause = 60_000

    /// - Parameters:
    ///   - scheduler: steps it; nil gives it a thread of its own.
    ///   - make: puts its task together; its sources and `onCommit` call the host's `wake`.
    init(
        _ unit: PlanUnit, signature: UInt64, on scheduler: TaskScheduler?, interval: Int?,
        make: @escaping (UnitHost) throws(Diagnostic) -> PipelineTask
    ) {
        self.unit = unit
        self.signature = signature
        shelter = scheduler
        self.interval = interval
        self.make = make
    }

    func start() {
        shared.withLock { shared in
            guard shared.job == nil else { return }
            shared.isStopping = false
            let scheduler = shelter ?? TaskScheduler(threads: 1)
            shared.scheduler = scheduler
            shared.job = scheduler.add { [self] in step() }
        }
    }

    /// Has it look for input soon. From any thread.
    func wake() {
        let (job, scheduler) = shared.withLock { ($0.job, $0.scheduler) }
        if let job { scheduler?.wake(job) }
    }

    /// Ends the task at a committed epoch, and waits for that.
    func stop() {
        let (job, scheduler, task) = shared.withLock { shared in
            shared.isStopping = true
            return (shared.job, shared.scheduler, shared.task ?? shared.starting)
        }
        guard let job, let scheduler else { return }
        task?.stop()
        scheduler.wake(job)
        scheduler.wait(for: job)
        if shelter == nil { scheduler.stop() }
        shared.withLock { shared in
            shared.job = nil
            shared.scheduler = nil
        }
    }

    var isAtWork: Bool { shared.withLock { $0.job != nil } }

    /// The task, while it is at work.
    var task: PipelineTask? { shared.withLock { $0.task } }

    var failure: Diagnostic? { shared.withLock { $0.failure } }

    /// Whether its task will be there soon.
    var isStarting: Bool {
        shared.withLock { $0.job != nil && $0.task == nil && $0.failure == nil && !$0.isStopping }
    }

    var status: PipelineStatus {
        let (task, last) = shared.withLock { ($0.task ?? $0.starting, $0.lastStatus) }
        return task?.status ?? last
    }

    // MARK: Steps

    private func step() -> TaskScheduler.Next {
        let (task, isStopping) = shared.withLock { ($0.task, $0.isStopping) }
        do throws(Diagnostic) {
            if isStopping {
                if let task { try task.finish() } else { try taskThatForgets()?.finish() }
                leave(nil)
                return .end
            }
            guard let task else {
                let made = try begun()
                shared.withLock { shared in
                    shared.task = made
                    shared.failure = nil
                }
                return .again
            }
            switch try task.step() {
            case .worked: return .again
            case .ended: return .wait(milliseconds: interval)
            case .waits(let milliseconds):
                return .wait(milliseconds: [milliseconds, interval].compactMap { $0 }.min())
            }
        } catch {
            // Nothing of it may reach its directory once another one has that.
            task?.drain()
            if let task, task.status.committedEpochs > 0 { shared.withLock { $0.pause = Self.firstPause } }
            leave(error)
            if isStopping { return .end }
            return .wait(milliseconds: nextPause())
        }
    }

    /// A task that has taken up its state, but for that of queries which are not there any more.
    private func begun() throws(Diagnostic) -> PipelineTask {
        let made = try make(self)
        let isStopping = shared.withLock { shared in
            shared.starting = made
            return shared.isStopping
        }
        defer { shared.withLock { $0.starting = nil } }
        // Whoever stops it does not wait for a target that is away.
        if isStopping, unit.name != PipelinePlan.localUnit { made.stop() }
        try made.start()
        try made.forgetDroppedState()
        shared.withLock { $0.hasBegun = true }
        return made
    }

    /// What many queries share must have forgotten those that were dropped before one of the same name comes,
    /// also when it is stopped before it has begun.
    private func taskThatForgets() throws(Diagnostic) -> PipelineTask? {
        guard unit.name == PipelinePlan.localUnit, !shared.withLock({ $0.hasBegun }) else { return nil }
        return try begun()
    }

    private func leave(_ failure: Diagnostic?) {
        shared.withLock { shared in
            if let task = shared.task { shared.lastStatus = task.status }
            shared.task = nil
            shared.failure = failure
        }
    }

    private func nextPause() -> Int {
        shared.withLock { shared in
            defer { shared.pause = min(shared.pause * 2, Self.longestPause) }
            return shared.pause
        }
    }
}
