extension TransactionCoordinator {
    func transaction(_ name: String) -> Transaction? { state.withLock { $0.transactions[name] } }

    var all: [Transaction] { state.withLock { $0.transactions.values.sorted { $0.name < $1.name } } }

    /// nil where records may be written: they are of no transaction, or of one that has the partition.
    func refusal(of records: [UInt8], to topic: String, _ partition: Int32) -> ErrorCode? {
        let header = records.withUnsafeBytes { try? RecordBatchHeader($0) }
        guard let header, header.attributes.isTransactional else { return nil }
        return refusal(
            producerID: header.producerID, epoch: header.producerEpoch,
            TopicPartition(topic: topic, partition: partition))
    }

    func refusal(producerID: Int64, epoch: Int16, _ partition: TopicPartition) -> ErrorCode? {
        state.withLock {
            guard let name = $0.names[producerID], let transaction = $0.transactions[name] else {
                return .invalidProducerIDMapping
            }
            return transaction.refusal(producerID: producerID, epoch: epoch, partition)
        }
    }
}
