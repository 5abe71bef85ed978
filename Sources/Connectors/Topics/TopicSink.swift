import Broker
import Columnar
import Diagnostics
import Planning
import Registry
import Runtime
import Storage
import Synchronization

/// Writes the rows of a stream, or the changes of a table, to the relation's topic, exactly once.
///
/// An epoch's messages are encoded when it has ended and appended when it is committed, whole in each
/// partition or not at all; the partitions' logs keep which epoch they have. Rows that a schema has no place
/// for become dead letters. A message with a key goes where Kafka's clients put it; those without one go to a
/// partition by turns, epoch by epoch.
public final class TopicSink: Sink {
    private struct Opened {
        var writer: TopicWriter?
        var encoder: MessageEncoder?
        var refused: RefusedMessages?
        /// The last epoch with rows of ours that the topic has or will have.
        var lastEpochWithRows: Int64?
        var number: Int64 = 0
        var clock: Int64 = 0
        var parts: [TopicRows] = []
    }

    public let name: String
    private let relation: Relation
    private let topic: TopicProperties
    private let registry: any SchemaDirectory
    private let store: TopicStore
    private let report: @Sendable (Diagnostic) -> Void
    private let opened = Mutex(Opened())

    /// - Parameters:
    ///   - name: names the writer in the topic, together with the task's instance: a query that is made anew
    ///     must have another name, or its old instance.
    ///   - relation: which has a topic; nothing is made here if it is not there.
    ///   - registry: has the schemas of formats that need some.
    ///   - report: told of rows that are refused.
    public init(
        name: String, relation: Relation, registry: any SchemaDirectory, store: TopicStore,
        report: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) throws(Diagnostic) {
        guard let topic = relation.topic else {
            throw Diagnostic(.invalidArgument, "\(relation.name) has no topic to be written to")
        }
        self.name = name
        self.relation = relation
        self.topic = topic
        self.registry = registry
        self.store = store
        self.report = report
    }

    public func open(
        _ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64
    ) throws(SinkError) {
        let encoder: MessageEncoder
        do throws(Diagnostic) {
            encoder = try MessageEncoder(relation: relation, topic: topic, registry: registry)
        } catch {
            throw .refused(error)
        }
        let identity = TopicSinkIdentity(context.applicationID, topic: topic.name)
        let writer = try Self.attempting { () throws(TopicStoreError) in
            try store.writer(identity.name, of: topic.name)
        }
        let last = try identity.verify(
            store, writer, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
        let refused = RefusedMessages(
            store.fileSystem, directory: context.deadLetterDirectory, sink: name, topic: topic.name,
            report: report)
        opened.withLock {
            $0.writer = writer
            $0.encoder = encoder
            $0.refused = refused
            $0.lastEpochWithRows = last
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
        if rows.count > 0 { add(TopicRows(rows, of: relation)) }
    }

    public func write(_ changes: ChangeBatch) {
        if changes.count > 0 { add(TopicRows(changes, of: relation)) }
    }

    private func add(_ part: TopicRows) { opened.withLock { $0.parts.append(part) } }

    public func end() -> any SinkEpoch {
        opened.withLock { opened in
            guard let writer = opened.writer, let encoder = opened.encoder, let refused = opened.refused
            else { preconditionFailure("an epoch ends after the sink is open") }
            if !opened.parts.isEmpty { opened.lastEpochWithRows = opened.number }
            defer { opened.parts = [] }
            return TopicEpoch(
                opened.number, clock: opened.clock, opened.parts, encoder, writer, refused,
                lastEpochWithRows: opened.lastEpochWithRows)
        }
    }

    public func maintain() throws(SinkError) {}

    static func attempting<Answer>(
        _ body: () throws(TopicStoreError) -> Answer
    ) throws(SinkError) -> Answer {
        do throws(TopicStoreError) {
            return try body()
        } catch {
            if case .storage = error { throw .unavailable(error.diagnostic) }
            throw .refused(error.diagnostic)
        }
    }
}
