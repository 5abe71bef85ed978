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
        // First: what is wrong is said before the directory is touched.
        let task = try Self.task(planner.plan, configuration, reports)
        let lock = try StateDirectoryLock(configuration.stateDirectory)
        try ReplaySwap.finishPending(in: configuration.stateDirectory, fileSystem: LocalFileSystem())
        ReplaySwap.removeLeftovers(in: configuration.stateDirectory, fileSystem: LocalFileSystem())
        return LaunchedPipeline(
            configuration, task, lock: lock, reports: reports,
            answers: planner.answers + planner.plan.connectorNotes)
    }

    /// Puts a pipeline together; nothing is read or written yet. Its state directory is locked by the caller.
    static func task(
        _ plan: PipelinePlan, _ configuration: RunConfiguration, _ reports: ReportLog
    ) throws(Diagnostic) -> PipelineTask {
        let fileSystem = LocalFileSystem()
        let patience = configuration.takesWhatIsThere ? Self.patience : nil
        let kafka = try KafkaPlan(
            plan, name: configuration.name,
            access: KafkaAccess(servers: configuration.bootstrapServers, settings: plan.settings),
            patience: patience, fileSystem: fileSystem)
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
        settings.patienceMilliseconds = patience
        return PipelineTask(
            plan: plan, configuration: settings, environment: .machine(fileSystem), sources: sources,
            sinks: sinks, subscribers: subscribers,
            deadLetterKeepers: try kafka.deadLetterKeepers(report: reports.add))
    }

    /// How long what is away is waited for when only what is there is to be taken, milliseconds.
    private static let patience = 60_000

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
