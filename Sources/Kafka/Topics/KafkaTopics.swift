import CLibrdkafka
import Diagnostics

/// The topics of a cluster. Each call waits for the cluster's answer, so many milliseconds at most.
public final class KafkaTopics: Sendable {
    private let handle: KafkaHandle
    private let milliseconds: Int

    public init(_ settings: KafkaSettings, milliseconds: Int = 10_000) throws(KafkaError) {
        handle = try KafkaHandle(.producer, settings, own: [:])
        self.milliseconds = milliseconds
    }

    /// By name.
    public func all() throws(KafkaError) -> [KafkaTopic] {
        let what = "the topics of Kafka at \(handle.place) can't be listed"
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try handle.check(
            rd_kafka_metadata(handle.pointer, 1, nil, &metadata, Int32(milliseconds)), what)
        guard let metadata else { throw handle.error(RD_KAFKA_RESP_ERR__FAIL, what) }
        defer { rd_kafka_metadata_destroy(metadata) }
        let topics = (0..<Int(metadata.pointee.topic_cnt)).compactMap { index in
            metadata.pointee.topics.map { Self.topic($0[index]) }
        }
        return topics.sorted { $0.name < $1.name }
    }

    /// Throws `absent`, with the nearest name, where there is none of that name.
    public func topic(_ name: String) throws(KafkaError) -> KafkaTopic {
        // All: a cluster may make a topic that is asked for by its name.
        let all = try all()
        if let topic = all.first(where: { $0.name == name }) { return topic }
        throw Self.absent(name, among: all.map(\.name), at: handle.place)
    }

    static func absent(_ name: String, among names: [String], at place: String) -> KafkaError {
        let suggestion = NearestName.suggestion(for: name, among: names.filter { !$0.hasPrefix("__") })
        return .absent(
            Diagnostic(
                .notFound, "Kafka at \(place) has no topic \(name)",
                hint: suggestion.map { "did you mean \($0)?" } ?? "create it: millrace topic create \(name)"))
    }

    private static func topic(_ found: rd_kafka_metadata_topic) -> KafkaTopic {
        func numbers(_ list: UnsafeMutablePointer<Int32>?, _ count: Int32) -> [Int] {
            (0..<Int(count)).compactMap { index in list.map { Int($0[index]) } }
        }
        let partitions = (0..<Int(found.partition_cnt)).map { index in
            let partition = found.partitions[index]
            return KafkaTopic.Partition(
                number: Int(partition.id), leader: partition.leader < 0 ? nil : Int(partition.leader),
                replicas: numbers(partition.replicas, partition.replica_cnt),
                inSync: numbers(partition.isrs, partition.isr_cnt))
        }
        return KafkaTopic(
            name: found.topic.map { String(cString: $0) } ?? "",
            partitions: partitions.sorted { $0.number < $1.number })
    }

    public func create(_ topic: KafkaNewTopic) throws(KafkaError) {
        try KafkaRequest(handle).create(topic, milliseconds: milliseconds)
    }

    /// The same, but somebody else may have made it meanwhile.
    public func createUnlessThere(_ new: KafkaNewTopic) throws(KafkaError) {
        do throws(KafkaError) {
            try create(new)
        } catch {
            if (try? topic(new.name)) == nil { throw error }
        }
    }

    public func delete(_ name: String) throws(KafkaError) {
        try KafkaRequest(handle).delete(name, milliseconds: milliseconds)
    }

    public func setPartitions(_ name: String, to total: Int) throws(KafkaError) {
        try KafkaRequest(handle).addPartitions(name, total: total, milliseconds: milliseconds)
    }

    /// The topic's properties that have a value.
    public func configuration(_ name: String) throws(KafkaError) -> [KafkaTopic.Property] {
        try KafkaRequest(handle).configuration(name, milliseconds: milliseconds)
    }

    /// The offset that a group has for a partition; nil where it has none.
    public func groupOffset(_ group: String, _ topic: String, _ partition: Int) throws(KafkaError) -> Int64? {
        try KafkaRequest(handle).groupOffset(group, topic, partition, milliseconds: milliseconds)
    }
}
