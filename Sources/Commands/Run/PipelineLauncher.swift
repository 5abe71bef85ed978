import Connectors
import Diagnostics
import Language
import Planning
import Postgres
import Runtime
import Storage

/// Starts pipelines with the real runtime: files, clock and chance of this machine.
public struct PipelineLauncher: PipelineLaunching {
    public init() {}

    public func prepare(_ configuration: RunConfiguration) throws(Diagnostic) -> any PreparedPipeline {
        let planner = try Self.planner(
            configuration.files, variables: configuration.variables, rules: configuration.rules,
            connectors: configuration.connectors, registryURL: configuration.registryURL)
        let reports = ReportLog()
        if let service = configuration.service {
            return try self.service(service, planner, configuration, reports)
        }
        if let found = try ServiceDirectory(configuration.stateDirectory).manifest() {
            throw Diagnostic(
                .state,
                "the state directory \(configuration.stateDirectory) is that of the service "
                    + found.name,
                expected: "--service \(found.name)", hint: "or give another directory with --state")
        }
        // First: what is wrong is said before the directory is touched.
        let task = try Self.task(planner.plan, configuration, reports)
        let lock = try StateDirectoryLock(configuration.stateDirectory)
        try ReplaySwap.finishPending(in: configuration.stateDirectory, fileSystem: LocalFileSystem())
        ReplaySwap.removeLeftovers(in: configuration.stateDirectory, fileSystem: LocalFileSystem())
        return LaunchedPipeline(
            configuration, task, lock: lock, reports: reports,
            answers: planner.answers + planner.plan.connectorNotes)
    }

    /// A part of a service, once the plan is known to be one that can be shared.
    private func service(
        _ service: ServiceRun, _ planner: PipelinePlanner, _ configuration: RunConfiguration,
        _ reports: ReportLog
    ) throws(Diagnostic) -> any PreparedPipeline {
        if !configuration.resumedSinks.isEmpty {
            throw Diagnostic(
                .usage, "--resume-sink is for pipelines with quality rules, and a service has none",
                hint: "leave it out")
        }
        // Relations that are only inserted into are no sources.
        let plan = try Self.kafka(planner.plan, configuration, share: nil).plan
        let split = try PlanSplit(plan)
        try SplitSinks.check(plan, split, fileSystem: LocalFileSystem())
        // What is wrong with sources and sinks is said before the directory is touched.
        _ = try Self.task(planner.plan, configuration, reports)
        return try ServicePipeline(
            configuration, service, planner.plan, split, reports: reports,
            answers: planner.answers + planner.plan.connectorNotes)
    }

    /// What of the plan lives in Kafka.
    static func kafka(
        _ plan: PipelinePlan, _ configuration: RunConfiguration, share: TaskShare?
    ) throws(Diagnostic) -> KafkaPlan {
        try KafkaPlan(
            plan, name: configuration.service?.name ?? configuration.name,
            access: KafkaAccess(servers: configuration.bootstrapServers, settings: plan.settings),
            patience: configuration.takesWhatIsThere ? Self.patience : nil, share: share,
            fileSystem: LocalFileSystem())
    }

    /// A task's part of a service.
    struct Part {
        let share: TaskShare
        /// Shared by the tasks of a process.
        let threads: TaskThreads
    }

    /// Puts a pipeline together; nothing is read or written yet. Its state directory is locked by the caller.
    static func task(
        _ plan: PipelinePlan, _ configuration: RunConfiguration, _ reports: ReportLog, part: Part? = nil
    ) throws(Diagnostic) -> PipelineTask {
        let fileSystem = LocalFileSystem()
        let kafka = try Self.kafka(plan, configuration, share: part?.share)
        let plan = kafka.plan
        let sources = try SourceFactory(
            fileSystem: fileSystem, journals: Path.join(configuration.stateDirectory, "sources"),
            patience: patience, kafka: kafka, report: reports.add
        ).sources(of: plan)
        let migrations = try Migrations(beside: configuration.files, in: fileSystem)
        var sinks = try SinkFactory(
            fileSystem: fileSystem, kafka: kafka, migrations: migrations, report: reports.add
        ).sinks(of: plan)
        sinks.merge(try kafka.sinks(report: reports.add)) { $0 + $1 }
        var subscribers: [String: [any Subscriber]] = [:]
        if let printing = configuration.printing {
            let relation = try Self.relation(printing.relation, in: plan)
            subscribers[relation] = [ChangePrinter(printing)]
        }
        var settings = TaskConfiguration(stateDirectory: configuration.stateDirectory)
        settings.threads = configuration.threads
        try settings.read(plan.settings)
        if let trigger = configuration.trigger {
            settings.triggerMilliseconds = Int(trigger.wholeMilliseconds)
        }
        settings.resumedSinks = configuration.resumedSinks
        if let memory = configuration.stateMemory { settings.stateMemoryBytes = memory }
        settings.patienceMilliseconds = configuration.takesWhatIsThere ? Self.patience : nil
        if let share = part?.share { settings.share(among: share) }
        return PipelineTask(
            plan: plan, configuration: settings, environment: .machine(fileSystem), sources: sources,
            sinks: sinks, subscribers: subscribers,
            deadLetterKeepers: try kafka.deadLetterKeepers(report: reports.add), threads: part?.threads)
    }

    /// How long what is away is waited for when only what is there is to be taken, milliseconds.
    static let patience = 60_000

    /// Reads the files as one pipeline and plans it.
    static func planner(
        _ files: [String], variables: [String: String], rules: RulesFile = .none, connectors: [String] = [],
        registryURL: String? = nil
    ) throws(Diagnostic) -> PipelinePlanner {
        var scripts = try PipelineScripts(files, variables: variables, registryURL: registryURL)
        for file in connectors { try scripts.add(connector: file) }
        try scripts.add(rules, scripts: files)
        let known = scripts.variables
        if let unused = known.unusedOverrides.first {
            // Without what is only on the command line: that is what is not known.
            let names = known.all.map(\.name).filter { name in !known.unusedOverrides.contains(name) }
            let suggestion = NearestName.suggestion(for: unused, among: names)
            throw Diagnostic(
                .usage, "-D \(unused)=… names no variable of the pipeline",
                expected: names.isEmpty ? nil : "one of " + names.joined(separator: ", "),
                hint: suggestion.map { "did you mean \($0)?" } ?? "remove it, or DEFINE it in the file")
        }
        return scripts.planner
    }

    private static func relation(_ name: String, in plan: PipelinePlan) throws(Diagnostic) -> String {
        for candidate in [name, name.uppercased()] where plan.catalogue.relation(candidate) != nil {
            return candidate
        }
        let suggestion = NearestName.suggestion(for: name, among: plan.catalogue.order)
        throw Diagnostic(
            .unknownSource, "--print \(name) names no stream or table of the pipeline",
            expected: "one of " + plan.catalogue.order.joined(separator: ", "),
            hint: suggestion.map { "did you mean \($0)?" })
    }
}

extension TaskConfiguration {
    private static let leastEpochBytes = 8 << 20
    private static let leastStateMemory = 1 << 20

    /// All tasks of a process together are to need about what one would.
    fileprivate mutating func share(among share: TaskShare) {
        epochBytes = min(epochBytes, max(Self.leastEpochBytes, epochBytes / share.tasks))
        stateMemoryBytes = max(Self.leastStateMemory, stateMemoryBytes / share.tasks)
        deadLetterFolder = "task-\(share.task)"
    }
}
