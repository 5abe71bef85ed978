import Broker
import Diagnostics
import Kafka
import Storage

/// Our own broker in this process, its logs in memory.
final class BrokerCluster {
    let store: TopicStore
    let server: BrokerServer
    let servers: String

    init(
        _ topics: [String: Int] = [:], passwords: [String: String] = [:], tls: TLSFiles? = nil,
        tokens: TokenSettings? = nil
    ) throws {
        store = try TopicStore(directory: "/topics", fileSystem: SimulatedFileSystem())
        for (topic, partitions) in topics {
            try store.create(topic, partitions: partitions, configuration: [:])
        }
        var settings = BrokerSettings()
        settings.address = BrokerAddress(host: "127.0.0.1", port: 0)
        settings.createsTopics = false
        settings.passwords = passwords
        settings.tls = tls
        settings.tokens = tokens
        server = try BrokerServer(store, settings)
        servers = server.address.text
    }

    deinit {
        server.stop()
        store.close()
    }

    var settings: KafkaSettings { KafkaSettings(servers: servers) }

    /// Puts records into the process's own topic, without going over the wire.
    func append(_ topic: String, _ records: [(partition: Int, record: TestRecord)]) throws {
        let count = store.topic(topic)?.partitionCount ?? 1
        var batch = TopicRecords(partitionCount: count)
        for (partition, record) in records {
            batch.add(
                TopicRecord(
                    key: record.key, value: record.value, timestamp: record.time,
                    headers: record.headers.map { .init($0.name, $0.value) }), partition: partition)
        }
        try store.append(batch, to: topic)
    }
}
