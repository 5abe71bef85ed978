import Connectors
import Diagnostics
import Glibc
import Runtime
import Storage
import Synchronization

/// A pipeline on this machine, with its state directory locked for as long as it works.
///
/// A replay may ask for the directory: then the pipeline ends its epoch, lets go, waits, and goes on in this
/// process by the statements and the state that the replay has put in place, or by its own if there was none.
final class LaunchedPipeline: PreparedPipeline, @unchecked Sendable {
    private struct Shared {
        var task: PipelineTask
        var isStopped = false
        /// Since when it waits for a replay, in milliseconds since the epoch.
        var waitsSince: Int64?
        var handovers: [ReplayHandover] = []
    }

    let answers: [String]
    private let shared: Mutex<Shared>
    private let reports: ReportLog
    private let fileSystem = LocalFileSystem()
    // The running thread's own.
    private var configuration: RunConfiguration
    private var lock: StateDirectoryLock?

    /// How often the directory is looked at, in milliseconds.
    private static let interval = 200
    private static let retryMicroseconds: UInt32 = 20_000

    init(
        _ configuration: RunConfiguration, _ task: PipelineTask, lock: StateDirectoryLock, reports: ReportLog,
        answers: [String]
    ) {
        self.answers = answers
        self.configuration = configuration
        self.lock = lock
        self.reports = reports
        shared = Mutex(Shared(task: task))
    }

    func run() throws(Diagnostic) {
        let once = configuration.takesWhatIsThere
        while true {
            let task = shared.withLock { $0.task }
            let watch =
                once ? nil : RequestWatch(configuration.stateDirectory, every: Self.interval, task.stop)
            defer { watch?.end() }
            try task.run(once: once)
            let isStopped = shared.withLock { $0.isStopped }
            guard !isStopped, let watch, watch.hasSeen else {
                lock = nil
                return
            }
            // Nothing of it may reach the directory once that is another's.
            task.drain()
            guard try goOnBehindReplay() else { return }
        }
    }

    func stop() {
        let task = shared.withLock { shared in
            shared.isStopped = true
            return shared.task
        }
        task.stop()
    }

    var status: PipelineStatus {
        let (task, waitsSince, handovers) = shared.withLock { ($0.task, $0.waitsSince, $0.handovers) }
        var status = task.status
        status.handovers = handovers
        if let waitsSince {
            status.phase = .retrying(
                reason: Diagnostic(.conflict, "a replay swaps rebuilt tables in"),
                sinceMilliseconds: waitsSince)
        }
        status.incidents = reports.newest + status.incidents
        return status
    }

    // MARK: Replay

    /// Lets a replay have the directory, and takes it back; false when it was stopped meanwhile.
    private func goOnBehindReplay() throws(Diagnostic) -> Bool {
        let directory = configuration.stateDirectory
        let request = ReplayRequest.read(from: directory, fileSystem)
        let clock = TaskEnvironment.machine(fileSystem).clock
        let begun = clock()
        shared.withLock { $0.waitsSince = begun }
        defer { shared.withLock { $0.waitsSince = nil } }
        lock = nil
        while ReplayRequest.isWaitedFor(in: directory, fileSystem) {
            if shared.withLock({ $0.isStopped }) { return false }
            usleep(Self.retryMicroseconds)
        }
        lock = try StateDirectoryLock(directory)
        // One that has died behind its journal has left the rest to whoever comes next.
        try ReplaySwap.finishPending(in: directory, fileSystem: fileSystem)
        ReplayRequest.remove(from: directory, fileSystem)
        let isSwapped = request?.isFulfilled(in: directory, fileSystem) ?? false
        if let request, isSwapped {
            configuration.files = request.files
            configuration.variables = request.variables
            configuration.rules = RulesFile(text: request.rules)
        }
        let plan = try PipelineLauncher.planner(
            configuration.files, variables: configuration.variables, rules: configuration.rules
        ).plan
        let task = try PipelineLauncher.task(plan, configuration, reports)
        let handover = ReplayHandover(
            files: configuration.files, isSwapped: isSwapped, waitedMilliseconds: clock() - begun)
        return shared.withLock { shared in
            shared.task = task
            shared.handovers.append(handover)
            return !shared.isStopped
        }
    }
}

/// Looks now and then whether a replay asks for the state directory, on a thread of its own.
private final class RequestWatch: Sendable {
    private let seen = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)
    private let wake = WakePipe()
    private let threads = WorkerPool(threads: 2)

    init(_ directory: String, every milliseconds: Int, _ found: @escaping @Sendable () -> Void) {
        threads.enqueue(bytes: 0) { [self] in
            let fileSystem = LocalFileSystem()
            while !ended.load(ordering: .acquiring) {
                if ReplayRequest.isWaitedFor(in: directory, fileSystem) {
                    seen.store(true, ordering: .releasing)
                    found()
                    return
                }
                _ = wake.wait(milliseconds: milliseconds)
            }
        }
    }

    var hasSeen: Bool { seen.load(ordering: .acquiring) }

    func end() {
        ended.store(true, ordering: .releasing)
        wake.wake()
        threads.stop()
    }
}
