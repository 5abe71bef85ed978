/// The offsets of a commit: those that are taken, and why others are not.
struct OffsetCommit: Sendable {
    private struct Partition: Sendable {
        let partition: Int32
        /// nil: taken.
        let code: ErrorCode?
    }

    private var topics: [(name: String, partitions: [Partition])] = []
    private(set) var taken: [(TopicPartition, CommittedOffset)] = []

    init(_ asked: [(String, [(Int32, CommittedOffset)])], _ catalogue: TopicCatalogue) {
        for (name, partitions) in asked {
            let count = catalogue.topic(name)?.partitionCount ?? 0
            var results: [Partition] = []
            for (partition, offset) in partitions {
                var code: ErrorCode?
                if partition < 0 || partition >= count { code = .unknownTopicOrPartition }
                if offset.metadata.utf8.count > GroupCoordinator.metadataLimit {
                    code = .offsetMetadataTooLarge
                }
                if code == nil { taken.append((TopicPartition(topic: name, partition: partition), offset)) }
                results.append(Partition(partition: partition, code: code))
            }
            topics.append((name, results))
        }
    }

    /// What is answered for each partition, where those that were taken came to `code`.
    func results(_ code: ErrorCode) -> [(name: String, partitions: [(index: Int32, code: Int16)])] {
        topics.map { ($0.name, $0.partitions.map { ($0.partition, ($0.code ?? code).rawValue) }) }
    }
}
