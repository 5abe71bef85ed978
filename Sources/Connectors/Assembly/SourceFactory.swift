import Broker
import Diagnostics
import Formats
import Planning
import Runtime
import Storage

/// Makes the sources that a plan reads.
public struct SourceFactory: Sendable {
    private let fileSystem: any FileSystem
    /// Has the topics; without it relations over topics are refused.
    private let topics: TopicStore?
    /// Has the clusters; where there are no topics in the process.
    private let kafka: KafkaPlan?
    /// Where a relation's topic is read from when there is no checkpoint.
    private let start: @Sendable (Relation) -> TopicSource.Start
    /// Called when a topic has more for a relation; must not block.
    private let onInput: (@Sendable () -> Void)?
    /// Where sources keep what they can't read again; nil where nothing is to last.
    private let journals: String?
    /// How long what is away is waited for, milliseconds; nil is for ever.
    private let patience: Int?
    /// Told of what is wrong with single files.
    private let report: @Sendable (Diagnostic) -> Void

    public init(
        fileSystem: any FileSystem, journals: String? = nil, patience: Int? = nil,
        topics: TopicStore? = nil, kafka: KafkaPlan? = nil,
        start: @escaping @Sendable (Relation) -> TopicSource.Start = { _ in .earliest },
        onInput: (@Sendable () -> Void)? = nil, report: @escaping @Sendable (Diagnostic) -> Void
    ) {
        self.fileSystem = fileSystem
        self.journals = journals
        self.patience = patience
        self.topics = topics
        self.kafka = kafka
        self.start = start
        self.onInput = onInput
        self.report = report
    }

    /// The sources of the relations that queries, sinks or somebody else reads, by relation.
    public func sources(
        of plan: PipelinePlan, alsoReading others: [String] = []
    ) throws(Diagnostic) -> [String: any Source] {
        let read = Set(
            plan.queries.flatMap { $0.sources.map(\.name) } + plan.sinks.map(\.from.name)
                + (plan.quality?.rules.map(\.relation.name) ?? []) + others)
        var sources: [String: any Source] = [:]
        for name in plan.catalogue.order where read.contains(name) {
            guard let relation = plan.catalogue.relation(name), case .source(let properties) = relation.origin
            else { continue }
            sources[name] = try source(of: relation, properties)
        }
        return sources
    }

    private func source(
        of relation: Relation, _ properties: SourceProperties
    ) throws(Diagnostic) -> any Source {
        switch properties.connector {
        case .files(let path): return try files(path, relation, properties)
        case .postgres: return try postgres(relation, properties)
        case .topic(let topic):
            if let topics {
                return TopicSource(
                    topic: topic, store: topics, relation: relation.name, start: start(relation),
                    onInput: onInput)
            }
            if let kafka { return try kafka.source(of: relation, topic, onInput: onInput, report: report) }
            throw Diagnostic(
                .unsupported,
                "\(relation.name) reads the topic \(topic), and there is no Kafka cluster",
                hint: "read files: connector = 'files', path = 'data/\(topic)'")
        }
    }

    private func postgres(
        _ relation: Relation, _ properties: SourceProperties
    ) throws(Diagnostic) -> any Source {
        guard let journals else {
            throw Diagnostic(
                .unsupported,
                "a query that lasts as long as its question can't read \(relation.name), which "
                    + "is a table of a database",
                hint: "CREATE TABLE … AS SELECT * FROM \(relation.name), and ask that")
        }
        let settings = try PostgresSourceSettings(relation, properties, fileSystem, patience: patience)
        return PostgresSource(
            settings, fileSystem: fileSystem, directory: Path.join(journals, relation.name),
            onInput: onInput)
    }

    private func files(
        _ path: String, _ relation: Relation, _ properties: SourceProperties
    ) throws(Diagnostic) -> any Source {
        let settings = try Self.settings(path, relation, properties)
        return try FileSource(settings, fileSystem: fileSystem, report: report)
    }

    /// How the files of a relation are read.
    static func settings(
        _ path: String, _ relation: Relation, _ properties: SourceProperties
    ) throws(Diagnostic) -> FileSourceSettings {
        let framing: Framing
        let patterns: [String]
        switch properties.valueFormat {
        case .csv:
            let hasHeader = properties.connectorOptions["header"]?.lowercased() != "false"
            framing = .csv(
                Self.csvOptions(properties),
                columns: hasHeader ? .header : .declared(count: relation.columns.count))
            patterns = FileSourceSettings.csvPatterns
        case .delimited:
            framing = .csv(
                Self.csvOptions(properties), columns: .declared(count: relation.columns.count))
            patterns = FileSourceSettings.allPatterns
        case .json:
            framing = .lines
            patterns = FileSourceSettings.jsonPatterns
        case .avro:
            // Their records come as lines of JSON.
            framing = .lines
            patterns = FileSourceSettings.avroPatterns
        case .lines:
            framing = .lines
            patterns = FileSourceSettings.allPatterns
        case .kafka, .none, .jsonSchema:
            throw Diagnostic(
                .invalidValue,
                "\(relation.name) reads files in the format \(properties.valueFormat.rawValue)",
                expected: "JSON, AVRO, CSV, DELIMITED or LINES", hint: "change value_format")
        }
        var settings = FileSourceSettings(path: path, filePatterns: patterns, framing: framing)
        settings.failsOnError = properties.errorPolicy == .fail
        try settings.read(properties.connectorOptions, of: relation.name)
        return settings
    }

    /// As the decoder has them, so that both agree where a record ends.
    private static func csvOptions(_ properties: SourceProperties) -> CSVOptions {
        CSVOptions(delimiter: properties.delimiter?.utf8.first ?? UInt8(ascii: ","))
    }
}
