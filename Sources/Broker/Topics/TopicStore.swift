import Diagnostics
import Glibc
import Storage

/// The topics of the process: logs of records on disk, for whoever writes and reads them here.
///
/// Safe to use from any thread. Files are opened when they are needed; an idle topic holds a few hundred
/// bytes. Topics keep what Kafka's settings say, by Kafka's names: without any, records go seven days after
/// their own time.
public final class TopicStore: Sendable {
    /// When appended records are durable.
    public enum Durability: Sendable {
        /// Before the call returns; calls that wait together share one fsync.
        case everyAppend
        /// Within about a second: a loss of power, not of the process, takes what is younger. Epochs of
        /// writers are durable at once nevertheless.
        case lazy
    }

    public let fileSystem: any FileSystem
    let catalogue: TopicCatalogue
    let clock: @Sendable () -> Int64
    /// Told of what opening a log found wrong.
    private let report: @Sendable (Diagnostic) -> Void

    /// Opens the topics in a directory, which is made if it is not there.
    ///
    /// - Parameters:
    ///   - durability: of topics that do not say so themselves (`flush.ms`).
    ///   - clock: milliseconds since the epoch.
    public init(
        directory: String, fileSystem: any FileSystem, durability: Durability = .everyAppend,
        clock: @escaping @Sendable () -> Int64 = TopicStore.now,
        report: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) throws(TopicStoreError) {
        var defaults = LogSettings()
        if durability == .lazy { defaults.flush = .after(bytes: 64 << 20, milliseconds: 1000) }
        self.fileSystem = fileSystem
        self.clock = clock
        self.report = report
        catalogue = try TopicStoreError.topics { () throws(TopicError) in
            try TopicCatalogue(directory, fileSystem, defaults: defaults, clock: clock) {
                report(TopicStore.diagnostic($0, $1, $2))
            }
        }
    }

    /// The system's wall clock.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func diagnostic(_ topic: String, _ partition: Int, _ report: RecoveryReport) -> Diagnostic
    {
        Diagnostic(
            .corrupt, "topic \(topic), partition \(partition): \(report.summary)",
            hint: "what was appended and durable is there; look at the disk if this comes again")
    }

    // MARK: Topics

    /// By name.
    public var topics: [TopicDescription] { catalogue.all.map(TopicDescription.init) }

    public func topic(_ name: String) -> TopicDescription? {
        catalogue.topic(name).map(TopicDescription.init)
    }

    /// Makes a topic, durable when this returns.
    ///
    /// - Parameter configuration: by Kafka's names, such as `retention.ms`.
    @discardableResult
    public func create(
        _ name: String, partitions: Int = 1, configuration: [String: String] = [:]
    ) throws(TopicStoreError) -> TopicDescription {
        try TopicStoreError.topics { () throws(TopicError) in
            TopicDescription(try catalogue.create(name, partitions: partitions, configuration))
        }
    }

    /// Changes settings of a topic; nil puts a default back.
    public func configure(_ name: String, _ changes: [String: String?]) throws(TopicStoreError) {
        try TopicStoreError.topics { () throws(TopicError) in try catalogue.configure(name, changes) }
    }

    /// The topic is gone when this returns, and its name is free.
    public func delete(_ name: String) throws(TopicStoreError) {
        try TopicStoreError.topics { () throws(TopicError) in try catalogue.delete(name) }
    }

    // MARK: Records

    public func reader(_ topic: String) throws(TopicStoreError) -> TopicReader {
        guard let found = self.topic(topic) else { throw .unknown(topic) }
        return TopicReader(found, catalogue)
    }

    /// The writer of a topic that has a name, the same in the topic for ever.
    public func writer(_ name: String, of topic: String) throws(TopicStoreError) -> TopicWriter {
        guard let found = self.topic(topic) else { throw .unknown(topic) }
        let identifier = try TopicStoreError.topics { () throws(TopicError) in
            try catalogue.writerID(name, of: found.identity.identifier)
        }
        return TopicWriter(name, found, identifier, catalogue, clock: clock)
    }

    /// All writers that a topic has ever had.
    public func writers(of topic: String) throws(TopicStoreError) -> [TopicWriter] {
        guard let found = catalogue.topic(topic) else { throw .unknown(topic) }
        return found.writers.sorted { $0.value < $1.value }.map {
            TopicWriter($0.key, TopicDescription(found), $0.value, catalogue, clock: clock)
        }
    }

    /// Ends the writers of a sink's name, whichever instance they are of: what they wrote stays, and another
    /// instance may write under the name.
    ///
    /// For whoever starts a query anew and means it.
    public func endWriters(of sink: String, in topic: String) throws(TopicStoreError) {
        try TopicStoreError.topics { () throws(TopicError) in
            try catalogue.renameWriters(of: topic) { name in
                // No instance has a name like that.
                name.hasSuffix("/" + sink) ? name + "\n" : nil
            }
        }
    }

    public func bounds(_ topic: String, _ partition: Int) throws(TopicStoreError) -> TopicBounds {
        try reader(topic).bounds(partition)
    }

    /// Appends records to a partition, in their order, and returns the offset of the first.
    ///
    /// Not at once: after a crash the first of them may be there without the others, where they are more than
    /// a batch (a MB).
    @discardableResult
    public func append(
        _ records: [TopicRecord], to topic: String, partition: Int
    ) throws(TopicStoreError) -> Int64 {
        var prepared = TopicRecords(partitionCount: 1)
        for record in records { prepared.add(record, partition: 0) }
        return try append(prepared.batches[0], to: topic, partition)
    }

    /// Appends a record to the partition of its key, or to the first; returns where it is.
    @discardableResult
    public func append(
        _ record: TopicRecord, to topic: String
    ) throws(TopicStoreError) -> (partition: Int, offset: Int64) {
        guard let found = self.topic(topic) else { throw .unknown(topic) }
        var partition = 0
        if let key = record.key {
            partition = key.withUnsafeBytes {
                KafkaPartitioner.partition(of: $0, among: found.partitionCount)
            }
        }
        return (partition, try append([record], to: topic, partition: partition))
    }

    /// Appends prepared records, partition by partition.
    public func append(_ records: TopicRecords, to topic: String) throws(TopicStoreError) {
        for (partition, batches) in records.batches.enumerated() where !batches.isEmpty {
            _ = try append(batches, to: topic, partition)
        }
    }

    private func append(
        _ batches: [RecordBatchBuilder], to topic: String, _ partition: Int
    ) throws(TopicStoreError) -> Int64 {
        let log = try TopicStoreError.topics { () throws(TopicError) in
            try catalogue.log(topic, partition)
        }
        guard !batches.isEmpty else { return log.bounds.logEnd }
        return try TopicStoreError.log { () throws(LogError) in
            try log.append(built: batches, now: clock()).baseOffset
        }
    }

    // MARK: Keeping

    /// What topics need from time to time: retention, compaction, lazy flushes, memory given back. To be
    /// called every few seconds, by one thread.
    ///
    /// Returns what went wrong; the rest is done nevertheless.
    @discardableResult
    public func tick() -> [TopicStoreError] {
        var failures: [TopicStoreError] = []
        let now = clock()
        // Logs that nobody uses have old records too. A few at a time: opening may have to read.
        for (identifier, partition) in catalogue.unopened(limit: TopicStore.openedByTick) {
            do throws(TopicError) { _ = try catalogue.log(identifier, partition) } catch {
                if case .unknown = error { continue }
                failures.append(TopicStoreError(error))
            }
        }
        let logs = catalogue.openLogs
        let due = logs.map(\.log).filter { $0.isFlushDue(now: now) }
        if let first = due.first, first.pool.sharedFlush.isQuicker(than: due.count) {
            // What fails is told by each log below.
            PartitionLog.synchronise(together: due) { log, _, _ in log.tellReaders() }
        }
        for (topic, _, log) in logs {
            do throws(LogError) {
                try log.tick(now: now)
                _ = try log.applyRetention(now: now)
                if log.currentSettings.isCompacted { _ = try log.compact(now: now) }
            } catch {
                if catalogue.topic(topic.identifier) != nil { failures.append(TopicStoreError(error)) }
            }
        }
        return failures
    }

    private static let openedByTick = 32

    /// Writes what makes the next start quick, and closes all files. Nothing may be used afterwards.
    public func close() { catalogue.close() }
}
