/// The partitions that a producer adds to its transaction.
struct AddedPartitions: Sendable {
    private let asked: [AddPartitionsToTxnRequest.AddPartitionsToTxnTopic]
    let partitions: Set<TopicPartition>
    /// Those that are not there, or are the broker's own.
    let missing: Set<TopicPartition>

    init(_ asked: [AddPartitionsToTxnRequest.AddPartitionsToTxnTopic], _ topics: TopicCatalogue) {
        self.asked = asked
        var partitions: Set<TopicPartition> = []
        var missing: Set<TopicPartition> = []
        for topic in asked {
            let count =
                RequestRouter.isInternal(topic.name) ? 0 : topics.topic(topic.name)?.partitionCount ?? 0
            for index in topic.partitions {
                let partition = TopicPartition(topic: topic.name, partition: index)
                partitions.insert(partition)
                if index < 0 || index >= count { missing.insert(partition) }
            }
        }
        self.partitions = partitions
        self.missing = missing
    }

    func results(
        _ code: (TopicPartition) -> ErrorCode
    ) -> [AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult] {
        asked.map { topic in
            var result = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult()
            result.name = topic.name
            result.resultsByPartition = topic.partitions.map {
                var partition = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
                partition.partitionIndex = $0
                partition.partitionErrorCode =
                    code(TopicPartition(topic: topic.name, partition: $0)).rawValue
                return partition
            }
            return result
        }
    }
}
