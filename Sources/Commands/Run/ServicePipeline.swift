import Connectors
import Diagnostics
import Planning
import Runtime
import Storage
import Synchronization

/// A process's part of a service: it takes its share of the tasks and works on them side by side.
///
/// ```
/// every 200 ms: who is there? ─► my share of the tasks
///     too many: stop some at an epoch's end, unlock them        too few: lock free ones, start them
/// ```
/// Nobody tells another what to do: shares follow from who lives, and a task is free when its lock is. So the
/// tasks of a process that dies are taken up by the others within a turn.
final class ServicePipeline: PreparedPipeline, @unchecked Sendable {
    private struct Shared {
        var manifest: ServiceManifest?
        /// By number.
        var running: [Int: ServiceTask] = [:]
        /// What those have come to that have ended here and are not another's now.
        var ended: [Int: PipelineStatus] = [:]
        var members = 0
        var moves: [String] = []
        var moveCount = 0
        var isStopped = false
        var hasEnded = false
        /// Why it waits before it is a member, and since when.
        var trouble: (reason: Diagnostic, since: Int64)?
    }

    let answers: [String]
    private let configuration: RunConfiguration
    private let service: ServiceRun
    private let plan: PipelinePlan
    private let split: PlanSplit
    private let directory: ServiceDirectory
    private let reports: ReportLog
    private let wake = WakePipe()
    private let shared = Mutex(Shared())
    private let environment = TaskEnvironment.machine(LocalFileSystem())

    private static let turnMilliseconds = 200
    private static let retryMilliseconds = 1000

    /// - Parameter split: what says that the plan can be shared.
    init(
        _ configuration: RunConfiguration, _ service: ServiceRun, _ plan: PipelinePlan, _ split: PlanSplit,
        reports: ReportLog, answers: [String]
    ) throws(Diagnostic) {
        self.configuration = configuration
        self.service = service
        self.plan = plan
        self.split = split
        self.reports = reports
        self.answers = answers
        directory = ServiceDirectory(configuration.stateDirectory)
        try directory.check(wish)
    }

    private var wish: ServiceDirectory.Wish {
        ServiceDirectory.Wish(
            name: service.name, tasks: service.tasks, isKeyed: split.isKeyed, plan: plan.sharedFingerprint)
    }

    func stop() {
        let tasks = shared.withLock { shared in
            shared.isStopped = true
            return Array(shared.running.values)
        }
        for task in tasks { task.stop(givesBack: false) }
        wake.wake()
    }

    private var isStopped: Bool { shared.withLock { $0.isStopped } }

    // MARK: Running

    func run() throws(Diagnostic) {
        defer { shared.withLock { $0.hasEnded = true } }
        var member = try join()
        guard let manifest = member?.manifest else { return }
        shared.withLock { $0.manifest = manifest }
        let threads = TaskThreads(sharing: configuration.threads)
        // One waits for each task's input, and this thread for all of them.
        let runners = WorkerPool(threads: manifest.tasks + 1)
        defer {
            runners.stop()
            threads.stop()
        }
        var outcome: Diagnostic?
        do throws(Diagnostic) {
            var done: Set<Int> = []
            while let present = member, try turn(present, &done, threads, runners) {
                wake.wait(milliseconds: Self.turnMilliseconds)
            }
        } catch {
            outcome = error
        }
        // From now on the others count without this one, and take each task as soon as it is free.
        member = nil
        for task in shared.withLock({ Array($0.running.values) }) { task.stop(givesBack: false) }
        while true {
            let failure = reap()
            outcome = outcome ?? failure
            if shared.withLock({ $0.running.isEmpty }) { break }
            wake.wait(milliseconds: Self.turnMilliseconds)
        }
        if let outcome { throw outcome }
    }

    /// Waits for the cluster where the service is new; nil when it was stopped meanwhile.
    private func join() throws(Diagnostic) -> ServiceMember? {
        let kafka = try PipelineLauncher.kafka(plan, configuration, share: nil)
        let begun = environment.monotonic()
        while !isStopped {
            do throws(Diagnostic) {
                let isNew = try directory.check(wish) == nil
                let partitions = isNew ? try kafka.partitionCounts(of: split.sources) : nil
                let member = try directory.join(wish, partitions: partitions) { isStopped }
                shared.withLock { $0.trouble = nil }
                return member
            } catch {
                let waited = environment.monotonic() - begun
                let limit = configuration.takesWhatIsThere ? Double(PipelineLauncher.patience) : .infinity
                guard error.code == .unavailable, waited < limit else { throw error }
                let now = environment.clock()
                shared.withLock { $0.trouble = (error, $0.trouble?.since ?? now) }
                wake.wait(milliseconds: Self.retryMilliseconds)
            }
        }
        return nil
    }

    /// Takes tasks or gives some back; false when it is at its end.
    ///
    /// - Parameter done: the tasks that have taken all input that there was, of a run that ends then.
    private func turn(
        _ member: ServiceMember, _ done: inout Set<Int>, _ threads: TaskThreads, _ runners: WorkerPool
    ) throws(Diagnostic) -> Bool {
        let before = Set(shared.withLock { $0.running.keys })
        if let failure = reap() { throw failure }
        if isStopped { return false }
        let running = shared.withLock { $0.running }
        let once = configuration.takesWhatIsThere
        if once {
            let given = Set(shared.withLock { $0.ended.keys })
            done.formUnion(before.subtracting(running.keys).intersection(given))
        }
        let (share, members) = try member.share()
        shared.withLock { $0.members = members }
        let working = running.values.filter { !$0.isGivenBack }
        if working.count > share {
            // Those with the highest numbers: which does not matter, but it is always the same.
            for task in working.sorted(by: { $0.number > $1.number }).prefix(working.count - share) {
                note("gives task \(task.number) back")
                task.stop(givesBack: true)
            }
        }
        var claimed = false
        for number in 0..<member.manifest.tasks {
            let count = shared.withLock { $0.running.values.count { !$0.isGivenBack } }
            guard count < share else { break }
            guard running[number] == nil, !done.contains(number), let lock = try member.claim(number)
            else { continue }
            claimed = true
            try start(number, lock, member, threads, runners)
        }
        guard once, !claimed, shared.withLock({ $0.running.isEmpty }) else { return true }
        // What others have is theirs to end, unless they have part of this one's share.
        return done.count < min(share, member.manifest.tasks)
    }

    private func start(
        _ number: Int, _ lock: StateDirectoryLock, _ member: ServiceMember, _ threads: TaskThreads,
        _ runners: WorkerPool
    ) throws(Diagnostic) {
        let manifest = member.manifest
        let folder = member.path(ofTask: number)
        try PipelineTask.makeDirectory(folder, instance: manifest.instance(of: number), environment)
        var configuration = configuration
        configuration.stateDirectory = folder
        let task = try PipelineLauncher.task(
            plan, configuration, reports,
            part: PipelineLauncher.Part(share: manifest.share(of: number), threads: threads))
        let running = ServiceTask(number, task, lock: lock)
        let isStopped = shared.withLock { shared in
            shared.running[number] = running
            shared.ended[number] = nil
            return shared.isStopped
        }
        note("takes task \(number)")
        if isStopped { running.stop(givesBack: false) }
        running.start(once: configuration.takesWhatIsThere, on: runners) { [wake] in wake.wake() }
    }

    /// Takes up what has come of tasks that have ended; returns the first failure of any.
    private func reap() -> Diagnostic? {
        let ended = shared.withLock { shared in
            let ended = shared.running.values.filter(\.hasEnded)
            for task in ended {
                shared.running[task.number] = nil
                // What it has done is told by whoever has it now.
                if !task.isGivenBack { shared.ended[task.number] = task.status }
            }
            return ended
        }
        return ended.compactMap(\.failure).first
    }

    private func note(_ move: String) {
        shared.withLock { shared in
            shared.moves.append(move)
            shared.moveCount += 1
            if shared.moves.count > Self.shownMoves { shared.moves.removeFirst() }
        }
    }

    private static let shownMoves = 64

    // MARK: Status

    var status: PipelineStatus {
        let shared = shared.withLock { $0 }
        let parts =
            shared.ended.filter { shared.running[$0.key] == nil }.sorted { $0.key < $1.key }.map(\.value)
            + shared.running.sorted { $0.key < $1.key }.map(\.value.status)
        var status = PipelineStatus.joined(parts)
        status.service = ServiceStatus(
            name: service.name, taskCount: shared.manifest?.tasks ?? 0,
            tasks: Set(shared.running.keys).union(shared.ended.keys).sorted(),
            members: shared.members, moves: shared.moves, moveCount: shared.moveCount)
        if let trouble = shared.trouble {
            status.phase = .retrying(reason: trouble.reason, sinceMilliseconds: trouble.since)
        } else if shared.hasEnded {
            status.phase = .stopped
        } else if shared.running.isEmpty, shared.manifest != nil {
            // Nothing of it is its own at the moment.
            status.phase = .running
        }
        status.incidents = reports.newest + status.incidents
        return status
    }
}
