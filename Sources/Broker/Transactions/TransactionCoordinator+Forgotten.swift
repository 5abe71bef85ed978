/// What a loss of power leaves in partitions of transactions of which the coordinator does not know.
///
/// That a partition was added is not waited for. So a partition may have kept records whose transaction the
/// coordinator has lost: none of them was acknowledged, and none can be committed, as a decision names all
/// partitions and is durable before the first mark. They are taken back when the partition's log is opened,
/// which comes before it can be added to another transaction.
extension TransactionCoordinator {
    /// Takes back what is open in logs that are open, and from here on in each that is opened.
    func takeBackForgotten() throws(LogError) {
        for (producerID, epoch) in groups.log.openTransactions {
            let partition = TopicPartition(topic: GroupCoordinator.topicName, partition: 0)
            guard !isKnown(producerID, epoch, partition) else { continue }
            try groups.end(
                TransactionMark(isCommit: false, coordinatorEpoch: 0), producerID: producerID, epoch: epoch,
                now: clock())
            flusher.flush(groups.log)
        }
        let logs = topics.beforeUse { [weak self] topic, partition, log throws(LogError) in
            try self?.takeBackForgotten(in: log, TopicPartition(topic: topic, partition: Int32(partition)))
        }
        for (topic, partition, log) in logs where !RequestRouter.isInternal(topic.name) {
            try takeBackForgotten(in: log, TopicPartition(topic: topic.name, partition: Int32(partition)))
        }
    }

    private func takeBackForgotten(in log: PartitionLog, _ partition: TopicPartition) throws(LogError) {
        for (producerID, epoch) in log.openTransactions where !isKnown(producerID, epoch, partition) {
            _ = try log.append(
                TransactionMark(isCommit: false, coordinatorEpoch: 0), producerID: producerID,
                producerEpoch: epoch, now: clock())
        }
    }

    /// Whether the coordinator itself ends what a producer has open in a partition.
    private func isKnown(_ producerID: Int64, _ epoch: Int16, _ partition: TopicPartition) -> Bool {
        state.withLock { state in
            guard let transaction = state.names[producerID].flatMap({ state.transactions[$0] }) else {
                return false
            }
            return transaction.epoch == epoch && transaction.partitions.contains(partition)
                && (transaction.state == .ongoing || transaction.state.isPrepared)
        }
    }
}
