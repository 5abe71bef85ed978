import Diagnostics
import Kafka
import Planning
import Registry
import Runtime
import Storage

/// What of a pipeline lives in Kafka: topics that it reads, and those that its queries write.
public struct KafkaPlan: Sendable {
    /// The plan, in which relations that are only inserted into are no sources.
    public let plan: PipelinePlan
    private let access: KafkaAccess
    private let name: String
    private let patience: Int?
    /// nil where one task reads all.
    private let share: TaskShare?
    private let fileSystem: any FileSystem

    /// - Parameters:
    ///   - name: of the pipeline; in the groups under which it commits what it has read.
    ///   - share: which task it is for, where several share the topics.
    ///   - patience: how long a cluster may be away when something is read, milliseconds; nil is for ever.
    public init(
        _ plan: PipelinePlan, name: String, access: KafkaAccess, patience: Int? = nil,
        share: TaskShare? = nil, fileSystem: any FileSystem
    ) throws(Diagnostic) {
        self.share = share
        self.access = access
        self.name = name
        self.patience = patience
        self.fileSystem = fileSystem
        self.plan = try Self.parted(plan)
    }

    /// A relation over a topic that queries insert into is written to the topic. Who reads it in the same
    /// pipeline would have its rows twice: from the query and from the topic.
    private static func parted(_ plan: PipelinePlan) throws(Diagnostic) -> PipelinePlan {
        var parted = plan
        for name in plan.catalogue.order {
            guard let relation = plan.catalogue.relation(name), relation.source != nil,
                relation.topic != nil, let insertion = plan.queries.first(where: { $0.output.name == name })
            else { continue }
            let isRead =
                plan.queries.contains { $0.sources.contains { $0.name == name } }
                || plan.sinks.contains { $0.from.name == name }
            if isRead {
                throw Diagnostic(
                    .unsupported,
                    "\(name) is a source over a topic, and this pipeline both inserts into it and reads it",
                    hint: "make it by CREATE STREAM \(name) AS SELECT …, or run the statements on a server "
                        + "(millrace serve), where each query reads topics by itself")
            }
            parted.catalogue.define(
                Relation(
                    name: relation.name, kind: relation.kind, columns: relation.columns,
                    keyCount: relation.keyCount, windowing: relation.windowing,
                    origin: .query(id: insertion.id), topic: relation.topic))
        }
        return parted
    }

    // MARK: Sources

    func source(
        of relation: Relation, _ topic: String, onInput: (@Sendable () -> Void)?,
        report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(Diagnostic) -> any Source {
        let options = relation.topic?.connectorOptions ?? [:]
        let cluster = try access.required(options, for: "\(relation.name) reads the topic \(topic)")
        var settings = KafkaSourceSettings(
            cluster: cluster, topic: topic, relation: relation.name,
            group: "millrace.\(name).\(relation.name)")
        try settings.read(options, reset: try access.offsetReset(options))
        settings.patience = patience
        if let share {
            settings.share = PartitionShare(
                task: share.task, of: share.tasks, partitionCount: share.partitions?[topic])
            // All tasks of a process together are to need about what one would.
            settings.queueBytes = max(Self.leastQueue, settings.queueBytes / share.tasks)
        }
        if let properties = relation.topic, properties.partitions != nil {
            settings.creation =
                KafkaSinkSettings(cluster: cluster, relation: relation, topic: properties).creation
        }
        return KafkaSource(settings, onInput: onInput, report: report)
    }

    private static let leastQueue = 4 << 20

    /// How many partitions each topic has that relations of the plan are read from; makes topics of which a
    /// statement says how many.
    ///
    /// - Parameter milliseconds: how long an answer is waited for.
    /// - Throws: `unavailable` where the cluster does not answer.
    public func partitionCounts(
        of relations: [Relation], milliseconds: Int = 10_000
    ) throws(Diagnostic) -> [String: Int] {
        var counts: [String: Int] = [:]
        for relation in relations {
            guard case .topic(let topic)? = relation.source?.connector else { continue }
            let options = relation.topic?.connectorOptions ?? [:]
            let cluster = try access.required(options, for: "\(relation.name) reads the topic \(topic)")
            do throws(KafkaError) {
                let topics = try KafkaTopics(cluster, milliseconds: milliseconds)
                do throws(KafkaError) {
                    counts[topic] = try topics.topic(topic).partitions.count
                } catch {
                    guard case .absent = error, let properties = relation.topic,
                        properties.partitions != nil
                    else { throw error }
                    let made = KafkaSinkSettings(cluster: cluster, relation: relation, topic: properties)
                    try topics.createUnlessThere(made.creation)
                    counts[topic] = made.creation.partitions
                }
            } catch {
                var diagnostic = error.diagnostic
                if error.isPassing { diagnostic.code = .unavailable }
                throw diagnostic
            }
        }
        return counts
    }

    // MARK: Sinks

    /// Relations that queries of the plan write to topics.
    public var outputs: [Relation] {
        var seen: Set<String> = []
        return plan.queries.compactMap { query in
            guard query.output.topic != nil, seen.insert(query.output.name).inserted else { return nil }
            return plan.catalogue.relation(query.output.name) ?? query.output
        }
    }

    /// The sinks that write those, by relation.
    public func sinks(
        report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(Diagnostic) -> [String: [any Sink]] {
        var sinks: [String: [any Sink]] = [:]
        for relation in outputs {
            guard let topic = relation.topic else { continue }
            sinks[relation.name, default: []].append(
                try sink("\(relation.name).topic", relation, topic, report: report))
        }
        return sinks
    }

    func sink(
        _ name: String, _ relation: Relation, _ topic: TopicProperties,
        report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(Diagnostic) -> any Sink {
        let cluster = try access.required(
            topic.connectorOptions, for: "\(relation.name) is written to the topic \(topic.name)")
        var settings = KafkaSinkSettings(cluster: cluster, relation: relation, topic: topic)
        switch topic.connectorOptions["delivery"]?.lowercased() {
        case nil, "exactly_once": settings.isExactlyOnce = true
        case "at_least_once": settings.isExactlyOnce = false
        case let other?:
            throw Diagnostic(
                .invalidValue, "'\(other)' is no value for 'delivery' of \(relation.name)",
                expected: "'exactly_once' or 'at_least_once'")
        }
        return KafkaSink(
            name: name, settings: settings, registry: plan.registry, fileSystem: fileSystem, report: report)
    }

    // MARK: Dead letters

    /// Where the dead letters of relations go that have a topic for them.
    public func deadLetterKeepers(
        report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(Diagnostic) -> [String: any DeadLetterKeeper] {
        var keepers: [String: any DeadLetterKeeper] = [:]
        for name in plan.catalogue.order {
            guard let relation = plan.catalogue.relation(name), let source = relation.source,
                let place = source.deadLetters, place.hasPrefix(KafkaDeadLetters.scheme)
            else { continue }
            let rest = place.dropFirst(KafkaDeadLetters.scheme.count).split(separator: "/")
            var options = relation.topic?.connectorOptions ?? [:]
            guard (1...2).contains(rest.count), let topic = rest.last else {
                throw Diagnostic(
                    .invalidValue, "'\(place)' is no value for 'dead_letters' of \(name)",
                    expected: "'kafka://TOPIC' or 'kafka://HOST:PORT/TOPIC'")
            }
            if rest.count == 2 { options[SettingName.bootstrapServers.rawValue] = String(rest[0]) }
            let cluster = try access.required(
                options, for: "dead letters of \(name) go to the topic \(topic)")
            keepers[name] = KafkaDeadLetters(
                cluster, KafkaNewTopic(String(topic), partitions: 1), relation: name,
                fileSystem: fileSystem, report: report)
        }
        return keepers
    }
}
