import Broker
import DeltaLake
import Diagnostics
import Planning
import Registry
import Runtime
import Storage

/// Makes the sinks that a plan names.
public struct SinkFactory: Sendable {
    private let fileSystem: any FileSystem
    private let environment: TableEnvironment
    /// Told of rows that a target refuses.
    private let report: @Sendable (Diagnostic) -> Void

    public init(
        fileSystem: any FileSystem, environment: TableEnvironment = .system,
        report: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) {
        self.fileSystem = fileSystem
        self.environment = environment
        self.report = report
    }

    /// The classes that there are.
    public static let known = ["delta", "postgres"]
    private static let later = ["clickhouse", "kafka", "files", "webhook"]

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
        for sink in plan.sinks where !left.contains(sink.name) {
            sinks[sink.from.name, default: []].append(try make(sink, folder))
        }
        return sinks
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
        case "postgres", PostgresSinkOptions.connectClass: return try postgres(plan, folder)
        case let name where Self.later.contains(name):
            throw Diagnostic(
                .unsupported, "this version has no \(name) sink",
                at: plan.properties.location(of: "connector.class"), expected: "'delta' or 'postgres'")
        default:
            let suggestion = NearestName.suggestion(for: plan.connectorClass, among: Self.known + Self.later)
            throw Diagnostic(
                .unknownConnector, "there is no connector class '\(plan.connectorClass)'",
                at: plan.properties.location(of: "connector.class"), expected: "'delta' or 'postgres'",
                hint: suggestion.map { "did you mean '\($0)'?" })
        }
    }

    private func postgres(_ plan: SinkPlan, _ folder: String?) throws(Diagnostic) -> any Sink {
        if folder != nil { try Self.checkReplayable(plan) }
        return PostgresSink(
            name: plan.name, options: try PostgresSinkOptions(plan, fileSystem), fileSystem: fileSystem,
            report: report)
    }

    /// Throws where the sink's target can't be made anew beside itself.
    static func checkReplayable(_ plan: SinkPlan) throws(Diagnostic) {
        guard plan.connectorClass != "delta" else { return }
        throw Diagnostic(
            .unsupported,
            "the sink \(plan.name.lowercased()) writes to a database, and only Delta tables are replayed",
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
