import Diagnostics
import Kafka
import Runtime

// The topic and the producer, and which epoch the topic has.
extension KafkaEpochWriter {
    /// Makes the topic if it is missing, fences off earlier writers and finds out which epoch is there.
    ///
    /// Where writers take turns, all others must have fenced off theirs: until then an earlier one's commit
    /// may be under way, and its mark must not be hidden by an older one.
    func open() throws(SinkError) {
        try fence()
        try Self.attempting { () throws(KafkaError) in try look(readyProducer()) }
        try writeMarkAgain()
    }

    /// Makes the topic if it is missing, and has what earlier writers left open ended.
    func fence() throws(SinkError) {
        try Self.attempting { () throws(KafkaError) in
            if producer != nil { return }
            try makeTopic()
            producer = try startedProducer()
        }
    }

    /// Another instance of the same sink that has written epochs to the topic, as far as the cluster
    /// remembers: its group, and the last epoch.
    ///
    /// - Parameter isOwn: whether an instance writes to the topic beside this one.
    func stranger(
        unless isOwn: (_ instance: Substring) -> Bool
    ) throws(SinkError) -> (group: String, epoch: Int64)? {
        guard isTransactional else { return nil }
        return try Self.attempting { () throws(KafkaError) in
            let producer = try readyProducer()
            let groups = try producer.groups(
                from: Self.groupPrefix, to: "." + sink, milliseconds: Self.milliseconds)
            for group in groups where group != name {
                let instance = group.dropFirst(Self.groupPrefix.count).dropLast(sink.count + 1)
                if isOwn(instance) { continue }
                let epoch = try producer.marked(
                    group, partition: Self.markedPartition, milliseconds: Self.milliseconds)
                if let epoch { return (group, epoch) }
            }
            return nil
        }
    }

    private func makeTopic() throws(KafkaError) {
        let topics = try KafkaTopics(cluster, milliseconds: Self.milliseconds)
        do throws(KafkaError) {
            partitionCount = try topics.topic(topic).partitions.count
        } catch {
            guard case .absent = error else { throw error }
            try topics.createUnlessThere(creation)
            partitionCount = creation.partitions
        }
    }

    func readyProducer() throws(KafkaError) -> KafkaProducer {
        if let producer {
            guard let failure = producer.failure else { return producer }
            if case .fenced = failure, stage != .idle {
                guard hasExpired else { throw failure }
                noteExpiry()
            }
        }
        producer = nil
        stage = .idle
        let made = try startedProducer()
        try look(made)
        producer = made
        return made
    }

    private func startedProducer() throws(KafkaError) -> KafkaProducer {
        let made = try KafkaProducer(cluster, topic: topic, transactionalID: transactionalID)
        try made.start(milliseconds: Self.milliseconds)
        partitionCount = try made.partitionCount(milliseconds: Self.milliseconds)
        return made
    }

    /// Which epoch the cluster says is there.
    private func look(_ producer: KafkaProducer) throws(KafkaError) {
        guard isTransactional else { return }
        marked.found(
            try producer.marked(name, partition: Self.markedPartition, milliseconds: Self.milliseconds))
    }

    // MARK: The mark

    private static let renewalMilliseconds: Int64 = 12 * 3_600_000

    /// Writes the mark again where nothing else was written for long: a cluster forgets it after
    /// `offsets.retention.minutes`, which is a week as a rule.
    func renewMark() throws(SinkError) {
        if marked.age > Self.renewalMilliseconds { try writeMarkAgain() }
    }

    private func writeMarkAgain() throws(SinkError) {
        guard isTransactional, let epoch = marked.epoch, stage == .idle else { return }
        let producer = try Self.attempting { () throws(KafkaError) in try readyProducer() }
        try finishing(producer) { () throws(KafkaError) in
            try producer.begin()
            try mark(epoch, producer)
            try producer.commit(milliseconds: Self.milliseconds)
        }
        marked.written(epoch)
    }
}
