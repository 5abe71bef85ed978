extension TransactionCoordinator {
    func transaction(_ name: String) -> Transaction? { state.withLock { $0.transactions[name] } }

    var all: [Transaction] { state.withLock { $0.transactions.values.sorted { $0.name < $1.name } } }

    /// Lets a batch into a partition: it is of no transaction, or of one that has the partition.
    ///
    /// With the lock of writing of the partition's log held: a mark that ends the transaction must not come
    /// between this and the append.
    func check(_ header: RecordBatchHeader, _ partition: TopicPartition) throws(LogError) {
        guard header.attributes.isTransactional else { return }
        let code = refusal(producerID: header.producerID, epoch: header.producerEpoch, partition)
        if let code { throw .outsideTransaction(code) }
    }

    /// nil where records, or offsets, may be written.
    func refusal(producerID: Int64, epoch: Int16, _ partition: TopicPartition) -> ErrorCode? {
        state.withLock {
            guard let name = $0.names[producerID], let transaction = $0.transactions[name] else {
                return .invalidProducerIDMapping
            }
            return transaction.refusal(producerID: producerID, epoch: epoch, partition)
        }
    }
}
