import Columnar
import Connectors
import Diagnostics
import Formats
import Language
import Planning
import Registry
import Runtime
import Storage
import Synchronization

/// Takes statements one by one, keeps their queries at work, and answers questions about what they made.
///
/// ```
/// statement ─► planner ─► units of the plan ─► hosts stop, the log of statements grows, hosts start
///                                               each: topics ─► task ─► topic, or connectors
/// ```
/// All methods may be called from any thread.
public final class Engine: @unchecked Sendable {
    public let configuration: EngineConfiguration
    let files: any FileSystem
    let environment: TaskEnvironment
    let topics: EngineTopics
    let threads: TaskThreads
    let scheduler: TaskScheduler
    let reports = EngineReports()
    private let lock: Mutex<StateDirectoryLock?>

    /// One statement is done at a time.
    let statementMonitor = Monitor()
    // Changed under `statementMonitor` and `state`; read under either.
    let state: Mutex<EngineState>
    // Under `statementMonitor`.
    let log: StatementLog
    /// The server's own registry; nil where its schemas are in another one.
    public let registry: SchemaRegistry?
    let schemas: any SchemaDirectory

    /// Opens the directory, takes up the statements that it holds and starts their queries.
    public convenience init(_ configuration: EngineConfiguration) throws(Diagnostic) {
        let files = LocalFileSystem()
        try self.init(configuration, files, .machine(files))
    }

    init(
        _ configuration: EngineConfiguration, _ files: any FileSystem, _ environment: TaskEnvironment
    ) throws(Diagnostic) {
        self.configuration = configuration
        self.files = files
        self.environment = environment
        lock = Mutex(try StateDirectoryLock(configuration.directory))
        topics = try EngineTopics(
            Path.join(configuration.directory, "topics"), files, report: reports.add)
        if let other = configuration.registry {
            (registry, schemas) = (nil, other)
        } else {
            let kept = try RegistryLog(Path.join(configuration.directory, "schemas.log"), files)
            if let damage = kept.damage { reports.add(damage) }
            let own = try SchemaRegistry(storage: kept)
            (registry, schemas) = (own, own)
        }
        log = try StatementLog(Path.join(configuration.directory, "statements.log"), files)
        threads = TaskThreads(sharing: configuration.threads)
        scheduler = TaskScheduler(threads: configuration.threads + Self.spareThreads)
        state = Mutex(EngineState(registry: schemas))
        for damage in log.damages { reports.add(damage) }
        takeUp(log.entries)
        let (topics, reports) = (topics, reports)
        _ = scheduler.add {
            for problem in topics.tick() { reports.add(problem) }
            return .wait(milliseconds: Self.tickMilliseconds)
        }
    }

    /// How often topics are looked after.
    private static let tickMilliseconds = 5000

    /// Steps mostly compute, but some wait for the disk.
    private static let spareThreads = 2

    /// Ends all queries at a committed epoch and lets go of the directory; once is enough.
    public func stop() {
        statementMonitor.lock()
        defer { statementMonitor.unlock() }
        guard lock.withLock({ $0 != nil }) else { return }
        let (hosts, pushes) = state.withLock { state in
            defer { state.pushes = [:] }
            return (Array(state.hosts.values), Array(state.pushes.values))
        }
        for push in pushes { push.end() }
        stop(hosts)
        scheduler.stop()
        threads.stop()
        topics.close()
        lock.withLock { $0 = nil }
    }

    /// Side by side, since each mostly waits for the disk.
    func stop(_ hosts: [UnitHost]) {
        guard hosts.count > 1 else { return hosts.forEach { $0.stop() } }
        let pool = WorkerPool(threads: min(8, hosts.count))
        defer { pool.stop() }
        pool.forEach(hosts.count) { hosts[$0].stop() }
    }

    // MARK: How it stands

    public var snapshot: EngineSnapshot {
        let state = state.withLock { $0 }
        var queries: [EngineSnapshot.Standing] = []
        for query in state.planner.plan.queries {
            let unit = state.planner.plan.unitName(of: query)
            queries.append(standing(query.id, state.hosts[unit], isPaused: state.paused.contains(query.id)))
        }
        for name in state.hosts.keys.sorted() where name.hasPrefix(PlanUnit.viewPrefix) {
            queries.append(standing(name, state.hosts[name], isPaused: state.paused.contains(name)))
        }
        let connectors = state.planner.plan.sinks.map { sink in
            let unit = sink.unitName
            return standing(
                sink.name, state.hosts[unit], isPaused: state.paused.contains(unit),
                isStopped: state.stopped.contains(unit))
        }
        return EngineSnapshot(
            sequence: state.sequence, properties: configuration.properties.merging(state.properties) { $1 },
            plan: state.planner.plan, statements: state.statements,
            connectorStatements: state.connectorStatements, queries: queries, connectors: connectors,
            topics: topics.all, pushQueries: state.pushes.map { ($0, $1.statement) }.sorted { $0.0 < $1.0 },
            refused: state.refused, incidents: reports.newest)
    }

    private func standing(
        _ id: String, _ host: UnitHost?, isPaused: Bool, isStopped: Bool = false
    ) -> EngineSnapshot.Standing {
        let failure = host?.failure
        return EngineSnapshot.Standing(
            id: id,
            state: isStopped ? .stopped : isPaused ? .paused : failure == nil ? .running : .failed,
            failure: failure, isStarting: host?.isStarting ?? false,
            status: host?.status ?? PipelineStatus())
    }
}
