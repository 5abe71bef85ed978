import Storage

extension TopicCatalogue {
    /// Under the lock: where the partition has no files yet, makes them, and those of the partitions behind
    /// it that have none.
    ///
    /// Whoever uses one of very many partitions is about to use all, and made one by one each waits for the
    /// disk twice.
    func prepare(_ topic: Topic, from partition: Int) throws(TopicError) {
        let partitions = partition..<min(partition + TopicCatalogue.preparedAtOnce, topic.partitionCount)
        guard topic.partitionCount > 1, prepared[topic.identifier]?.contains(partition) != true else {
            return
        }
        let parent = path(topic)
        let made = try TopicError.onDisk { () throws(StorageError) -> [Int] in
            guard try pool.files.status(Path.join(parent, String(partition))) == nil else { return [] }
            var missing: [Int] = []
            for partition in partitions
            where try pool.files.status(Path.join(parent, String(partition))) == nil {
                missing.append(partition)
            }
            try PartitionLog.prepare(missing.map { Path.join(parent, String($0)) }, in: parent, pool)
            return missing
        }
        prepared[topic.identifier, default: []].formUnion(made)
    }

    private static let preparedAtOnce = 256
}
