/// Appends whole epochs to a topic, each once however often it is tried.
///
/// The epoch that a partition has is kept in its log, under the writer's name. Partitions are written one
/// after another: after a crash some may have an epoch that others lack, and appending it again completes it.
/// One thread at a time.
public final class TopicWriter: Sendable {
    public let topic: TopicDescription
    public let name: String
    private let producerID: Int64
    private let catalogue: TopicCatalogue
    private let clock: @Sendable () -> Int64

    init(
        _ name: String, _ topic: TopicDescription, _ producerID: Int64, _ catalogue: TopicCatalogue,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.name = name
        self.topic = topic
        self.producerID = producerID
        self.catalogue = catalogue
        self.clock = clock
    }

    private func log(_ partition: Int) throws(TopicStoreError) -> PartitionLog {
        do throws(TopicError) {
            return try catalogue.log(topic.identity.identifier, partition)
        } catch {
            if case .unknown = error { throw .unknown(topic.name) }
            throw TopicStoreError(error)
        }
    }

    /// The last epoch that any partition has; nil before the first.
    public func lastEpoch() throws(TopicStoreError) -> Int64? {
        var last: Int64?
        for partition in 0..<topic.partitionCount {
            if let epoch = try lastEpoch(partition) { last = max(last ?? epoch, epoch) }
        }
        return last
    }

    /// The last epoch that a partition has whole.
    public func lastEpoch(_ partition: Int) throws(TopicStoreError) -> Int64? {
        try log(partition).lastEpoch(ofWriter: producerID)
    }

    /// Appends the records of an epoch to all partitions that do not have it; durable when it returns.
    ///
    /// An epoch without records leaves its number behind.
    public func append(_ records: TopicRecords, epoch: Int64) throws(TopicStoreError) {
        if records.isEmpty { return try append([], epoch, to: 0) }
        for (partition, batches) in records.batches.enumerated() where !batches.isEmpty {
            try append(batches, epoch, to: partition)
        }
    }

    private func append(
        _ batches: [RecordBatchBuilder], _ epoch: Int64, to partition: Int
    ) throws(TopicStoreError) {
        let log = try log(partition)
        do throws(LogError) {
            try log.append(epoch: epoch, batches, producerID: producerID, now: clock())
        } catch {
            if catalogue.topic(topic.identity.identifier) == nil { throw .unknown(topic.name) }
            throw TopicStoreError(error)
        }
    }
}
