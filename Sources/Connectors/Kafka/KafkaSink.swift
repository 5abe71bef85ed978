import Columnar
import Diagnostics
import Kafka
import Planning
import Registry
import Runtime
import Storage
import Synchronization

/// Writes the rows of a stream, or the changes of a table, to a topic of a Kafka cluster.
///
/// An epoch is a transaction, see ``KafkaEpochWriter``. Rows that a schema has no place for, and records that
/// are too large for the topic, become dead letters. A message with a key goes where Kafka's clients put it;
/// those without one go to the partitions by turns.
public final class KafkaSink: Sink {
    private struct Opened {
        var writer: KafkaEpochWriter?
        var encoder: MessageEncoder?
        var refused: RefusedMessages?
        /// The last epoch with rows of ours that the topic has or will have.
        var lastEpochWithRows: Int64?
        var number: Int64 = 0
        var clock: Int64 = 0
        var parts: [TopicRows] = []
    }

    public let name: String
    private let settings: KafkaSinkSettings
    private let registry: any SchemaDirectory
    private let fileSystem: any FileSystem
    private let report: @Sendable (Diagnostic) -> Void
    private let opened = Mutex(Opened())

    /// - Parameters:
    ///   - name: names the writer in the cluster, together with the task's instance.
    ///   - registry: has the schemas of formats that need some.
    ///   - report: told of rows that are refused.
    public init(
        name: String, settings: KafkaSinkSettings, registry: any SchemaDirectory, fileSystem: any FileSystem,
        report: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) {
        self.name = name
        self.settings = settings
        self.registry = registry
        self.fileSystem = fileSystem
        self.report = report
    }

    public func open(
        _ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64
    ) throws(SinkError) {
        let encoder: MessageEncoder
        do throws(Diagnostic) {
            encoder = try MessageEncoder(
                relation: settings.relation, topic: settings.topic, registry: registry)
        } catch {
            throw .refused(error)
        }
        let writer = KafkaEpochWriter(
            settings.cluster, settings.creation, applicationID: context.applicationID,
            isTransactional: settings.isExactlyOnce, onStep: settings.onStep)
        try writer.open()
        if settings.isExactlyOnce {
            let identity = TopicSinkIdentity(context.applicationID, topic: settings.topic.name)
            try identity.check(writer.lastEpoch, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
        }
        let refused = RefusedMessages(
            fileSystem, directory: context.deadLetterDirectory, sink: name, topic: settings.topic.name,
            report: report)
        opened.withLock {
            $0.writer = writer
            $0.encoder = encoder
            $0.refused = refused
            $0.lastEpochWithRows = settings.isExactlyOnce ? writer.lastEpoch : expectedEpoch
        }
    }

    public func begin(epoch: Int64, clock: Int64) throws(SinkError) {
        opened.withLock {
            $0.number = epoch
            $0.clock = clock
            $0.parts = []
        }
    }

    public func write(_ rows: StreamRows) {
        if rows.count > 0 { add(TopicRows(rows, of: settings.relation)) }
    }

    public func write(_ changes: ChangeBatch) {
        if changes.count > 0 { add(TopicRows(changes, of: settings.relation)) }
    }

    private func add(_ part: TopicRows) { opened.withLock { $0.parts.append(part) } }

    public func end() -> any SinkEpoch {
        opened.withLock { opened in
            guard let writer = opened.writer, let encoder = opened.encoder, let refused = opened.refused
            else { preconditionFailure("an epoch ends after the sink is open") }
            if !opened.parts.isEmpty { opened.lastEpochWithRows = opened.number }
            defer { opened.parts = [] }
            return KafkaEpoch(
                opened.number, clock: opened.clock, opened.parts, encoder, writer, refused,
                lastEpochWithRows: opened.lastEpochWithRows)
        }
    }

    public func maintain() throws(SinkError) {}
}
