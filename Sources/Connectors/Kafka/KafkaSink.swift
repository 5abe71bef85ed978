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
/// An epoch is a transaction, see ``KafkaEpochWriter``, and its messages are sent while it is at work, unseen
/// by those who read what is committed. Since the transaction before may then be still on its way, two
/// writers take turns. Rows that a schema has no place for, and records that are too large for the topic,
/// become dead letters. A message with a key goes where Kafka's clients put it; those without one go to the
/// partitions by turns.
public final class KafkaSink: Sink {
    private struct Opened {
        var writers: [KafkaEpochWriter] = []
        var encoder: MessageEncoder?
        var refused: RefusedMessages?
        /// The last epoch with rows of ours that the topic has or will have.
        var lastEpochWithRows: Int64?
        var epoch: KafkaEpoch?
    }

    public let name: String
    private let settings: KafkaSinkSettings
    private let registry: any SchemaDirectory
    private let fileSystem: any FileSystem
    private let report: @Sendable (Diagnostic) -> Void
    private let order = KafkaEpochOrder()
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
        let marked = KafkaEpochMark()
        let writers = (0..<2).map { turn in
            KafkaEpochWriter(
                settings.cluster, settings.creation, applicationID: context.applicationID,
                isTransactional: settings.isExactlyOnce, turn: turn, marked: marked, onStep: settings.onStep)
        }
        for writer in writers.dropFirst() { try writer.fence() }
        try writers[0].open()
        if settings.isExactlyOnce {
            let identity = TopicSinkIdentity(context.applicationID, topic: settings.topic.name)
            if let (group, epoch) = try writers[0].stranger(unless: identity.isOwn) {
                throw .refused(
                    identity.taken(
                        by: group, at: epoch,
                        wayOut: "delete the topic, or the group \(group) if what it wrote is to stay"))
            }
            try identity.check(marked.epoch, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
        }
        let refused = RefusedMessages(
            fileSystem, directory: context.deadLetterDirectory, sink: name, topic: settings.topic.name,
            report: report)
        opened.withLock {
            $0.writers = writers
            $0.encoder = encoder
            $0.refused = refused
            $0.lastEpochWithRows = settings.isExactlyOnce ? marked.epoch : expectedEpoch
        }
    }

    public func begin(epoch: Int64, clock: Int64) throws(SinkError) {
        opened.withLock { opened in
            guard let encoder = opened.encoder, let refused = opened.refused else {
                preconditionFailure("an epoch begins after the sink is open")
            }
            let made = KafkaEpoch(
                epoch, clock: clock, encoder, opened.writers[Int(epoch & 1)], order, refused,
                former: opened.lastEpochWithRows)
            opened.epoch = made
            order.begin(made)
        }
    }

    public func write(_ rows: StreamRows) {
        if rows.count > 0 { add(TopicRows(rows, of: settings.relation)) }
    }

    public func write(_ changes: ChangeBatch) {
        if changes.count > 0 { add(TopicRows(changes, of: settings.relation)) }
    }

    private func add(_ part: TopicRows) { opened.withLock { $0.epoch }?.add(part) }

    public func sendAhead() { order.sendAhead() }

    public func end() -> any SinkEpoch {
        opened.withLock { opened in
            guard let epoch = opened.epoch else { preconditionFailure("an epoch ends that was begun") }
            opened.lastEpochWithRows = epoch.lastEpochWithRows
            opened.epoch = nil
            order.end(epoch)
            return epoch
        }
    }

    public func maintain() throws(SinkError) {
        guard let writer = opened.withLock({ $0.writers.first }) else { return }
        try order.whileIdle { () throws(SinkError) in try writer.renewMark() }
    }
}
