import Broker
import DeltaLake
import Diagnostics
import Planning
import Postgres
import Registry
import Runtime
import Storage

/// Makes the sinks that a plan names.
public struct SinkFactory: Sendable {
    private let fileSystem: any FileSystem
    private let environment: TableEnvironment
    private let migrations: Migrations
    private let readsSecrets: Bool
    /// Has the clusters that sinks write to; nil where there are none.
    private let kafka: KafkaPlan?
    /// Told of rows that a target refuses.
    private let report: @Sendable (Diagnostic) -> Void

    /// - Parameters:
    ///   - migrations: what the database of the plan's PostgreSQL sinks must have seen.
    ///   - readsSecrets: false where the sinks are checked and never opened.
    public init(
        fileSystem: any FileSystem, environment: TableEnvironment = .system, kafka: KafkaPlan? = nil,
        migrations: Migrations = .none, readsSecrets: Bool = true,
        report: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) {
        self.fileSystem = fileSystem
        self.environment = environment
        self.migrations = migrations
        self.readsSecrets = readsSecrets
        self.kafka = kafka
        self.report = report
    }

    /// The classes that there are.
    public static let known = ["delta", "kafka", "postgres"]
    /// Those that a server has.
    public static let served = ["delta", "postgres"]
    private static let later = ["clickhouse", "files", "webhook"]
    private static let expected = "'delta', 'kafka' or 'postgres'"

    /// The sinks by the relation that they take. Nothing is opened yet.
    ///
    /// - Parameters:
    ///   - left: names of sinks that are not made.
    ///   - folder: the tables are made in a folder of this name inside of their own, beside which they can
    ///     be swapped.
    public func sinks(
        of plan: PipelinePlan, leavingOut left: Set<String> = [], below folder: String? = nil
    ) throws(Diagnostic) -> [String: [any Sink]] {
        var sinks: [String: [any Sink]] = [:]
        var databases: Set<String> = []
        for sink in plan.sinks where !left.contains(sink.name) {
            let made = try make(sink, folder)
            if let made = made as? PostgresSink { databases.insert(made.place) }
            sinks[sink.from.name, default: []].append(made)
        }
        if let file = migrations.files.first, databases.count > 1 {
            throw Diagnostic(
                .unsupported,
                "the pipeline writes to \(databases.count) databases, and \(file.path) does not say "
                    + "for which it is",
                hint: "put statements about another database into another pipeline")
        }
        return sinks
    }

    /// Where a sink writes, for a comparison: the table, the folder, the topic.
    ///
    /// Secrets stay references, so it can be told whether or not they are there.
    public static func target(of plan: SinkPlan, in fileSystem: any FileSystem) -> String {
        switch plan.connectorClass {
        case "delta": return "delta " + (plan.properties.text("path") ?? "")
        case "postgres", ConnectClass.jdbcSink:
            guard let options = try? PostgresSinkOptions(plan, fileSystem, readsSecrets: false) else { break }
            return "postgres \(options.address) \(options.target.name)"
        default: break
        }
        return plan.connectorClass
    }

    /// The sink that writes what a query makes to the topic of its output.
    ///
    /// - Parameter name: as `TopicSink` has it; the query's id does.
    public func topicSink(
        _ name: String, for relation: Relation, registry: any SchemaDirectory, topics: TopicStore
    ) throws(Diagnostic) -> any Sink {
        try TopicSink(name: name, relation: relation, registry: registry, store: topics, report: report)
    }

    private func make(_ plan: SinkPlan, _ folder: String?) throws(Diagnostic) -> any Sink {
        switch plan.connectorClass {
        case "delta": return try delta(plan, folder)
        case "postgres", ConnectClass.jdbcSink: return try postgres(plan, folder)
        case "kafka": return try kafka(plan, folder)
        case let name where Self.later.contains(name):
            throw Diagnostic(
                .unsupported, "this version has no \(name) sink",
                at: plan.properties.location(of: "connector.class"), expected: Self.expected)
        default:
            let suggestion = NearestName.suggestion(
                for: plan.connectorClass, among: Self.known + Self.later + [ConnectClass.jdbcSinkName])
            throw Diagnostic(
                .unknownConnector, "there is no connector class '\(plan.connectorClass)'",
                at: plan.properties.location(of: "connector.class"), expected: Self.expected,
                hint: suggestion.map { "did you mean '\($0)'?" })
        }
    }

    private func postgres(_ plan: SinkPlan, _ folder: String?) throws(Diagnostic) -> any Sink {
        if folder != nil { try Self.checkReplayable(plan) }
        return PostgresSink(
            name: plan.name, options: try PostgresSinkOptions(plan, fileSystem, readsSecrets: readsSecrets),
            migrations: migrations,
            fileSystem: fileSystem, report: report)
    }

    private func kafka(_ plan: SinkPlan, _ folder: String?) throws(Diagnostic) -> any Sink {
        if folder != nil { try Self.checkReplayable(plan) }
        var topic = try KafkaConnectorOptions(plan).topic
        guard let kafka else {
            throw Diagnostic(
                .unsupported, "kafka sinks are for pipelines that `millrace run` runs",
                at: plan.properties.location(of: "connector.class"))
        }
        try plan.registerSchemas(of: &topic, in: kafka.plan.registry)
        return try kafka.sink(plan.name, plan.from, topic, report: report)
    }

    /// Throws where the sink's target can't be made anew beside itself.
    static func checkReplayable(_ plan: SinkPlan) throws(Diagnostic) {
        guard plan.connectorClass != "delta" else { return }
        let target = plan.connectorClass == "kafka" ? "topic" : "database"
        throw Diagnostic(
            .unsupported,
            "the sink \(plan.name.lowercased()) writes to a \(target), and only Delta tables are replayed",
            at: plan.properties.location(of: "connector.class"),
            hint: "replay a pipeline file without this sink")
    }

    private func delta(_ plan: SinkPlan, _ folder: String?) throws(Diagnostic) -> any Sink {
        let options = try DeltaSinkOptions(plan)
        let columns = DeltaSinkSchema(plan.from, options.columnCase)
        let target = DeltaTarget(
            store: LocalObjectStore(
                folder.map { Path.join(options.path, $0) } ?? options.path, in: fileSystem),
            partitionColumns: options.partitionColumns, options: WriteOptions(fileRows: options.fileRows),
            compacts: options.compacts, evolves: options.evolves,
            properties: DeltaTableProperties(options), rowRetention: options.rowRetention,
            environment: environment)
        if plan.from.kind == .stream {
            return DeltaStreamSink(name: plan.name, target: target, columns: columns)
        }
        return DeltaTableSink(
            name: plan.name, target: target, columns: columns, isWindowed: plan.from.windowing != nil)
    }
}
