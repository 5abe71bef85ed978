import Foundation
import Glibc
import Kafka

/// librdkafka's own mock of a cluster, in this process: brokers that answer over loopback.
///
/// It keeps about 5 MB of a partition, isolates no transactions, forgets the offsets that they set and can't
/// make topics by request.
final class MockCluster: @unchecked Sendable {
    private typealias Handle = OpaquePointer
    private let library: UnsafeMutableRawPointer
    private let client: OpaquePointer
    private let cluster: OpaquePointer
    let servers: String

    struct Unavailable: Error {}

    init(_ topics: [String: Int], brokers: Int32 = 1) throws {
        guard let library = dlopen("librdkafka.so.1", RTLD_NOW | RTLD_DEEPBIND) else { throw Unavailable() }
        self.library = library
        typealias MakeConf = @convention(c) () -> OpaquePointer?
        typealias Make =
            @convention(c) (
                Int32, OpaquePointer?, UnsafeMutablePointer<CChar>?, Int
            ) -> OpaquePointer?
        typealias MakeCluster = @convention(c) (OpaquePointer?, Int32) -> OpaquePointer?
        typealias Bootstraps = @convention(c) (OpaquePointer?) -> UnsafePointer<CChar>?
        typealias SetProperty =
            @convention(c) (
                OpaquePointer?, UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutablePointer<CChar>?, Int
            ) -> Int32
        let conf = try Self.find("rd_kafka_conf_new", in: library, as: MakeConf.self)()
        let set = try Self.find("rd_kafka_conf_set", in: library, as: SetProperty.self)
        _ = set(conf, "log_level", "0", nil, 0)
        guard let client = try Self.find("rd_kafka_new", in: library, as: Make.self)(0, conf, nil, 0),
            let cluster = try Self.find(
                "rd_kafka_mock_cluster_new", in: library, as: MakeCluster.self)(client, brokers),
            let text = try Self.find(
                "rd_kafka_mock_cluster_bootstraps", in: library, as: Bootstraps.self)(cluster)
        else { throw Unavailable() }
        self.client = client
        self.cluster = cluster
        servers = String(cString: text)
        for (topic, partitions) in topics { try create(topic, partitions) }
    }

    deinit {
        typealias Destroy = @convention(c) (OpaquePointer?) -> Void
        (try? Self.find("rd_kafka_mock_cluster_destroy", in: library, as: Destroy.self))?(cluster)
        (try? Self.find("rd_kafka_destroy", in: library, as: Destroy.self))?(client)
    }

    private static func find<Function>(
        _ name: String, in library: UnsafeMutableRawPointer, as type: Function.Type
    ) throws -> Function {
        guard let symbol = dlsym(library, name) else { throw Unavailable() }
        return unsafeBitCast(symbol, to: type)
    }

    var settings: KafkaSettings { KafkaSettings(servers: servers) }

    func create(_ topic: String, _ partitions: Int) throws {
        typealias Create = @convention(c) (OpaquePointer?, UnsafePointer<CChar>, Int32, Int32) -> Int32
        let create = try Self.find("rd_kafka_mock_topic_create", in: library, as: Create.self)
        guard create(cluster, topic, Int32(partitions), 1) == 0 else { throw Unavailable() }
    }

    func setBroker(isUp: Bool) throws {
        typealias Set = @convention(c) (OpaquePointer?, Int32) -> Int32
        let name = "rd_kafka_mock_broker_set_" + (isUp ? "up" : "down")
        guard try Self.find(name, in: library, as: Set.self)(cluster, 1) == 0 else { throw Unavailable() }
    }

    func setLeader(of topic: String, _ partition: Int32, to broker: Int32) throws {
        typealias Set = @convention(c) (OpaquePointer?, UnsafePointer<CChar>, Int32, Int32) -> Int32
        let set = try Self.find("rd_kafka_mock_partition_set_leader", in: library, as: Set.self)
        guard set(cluster, topic, partition, broker) == 0 else { throw Unavailable() }
    }

    /// Has the next requests of a kind answered with these errors.
    func answer(_ request: Request, with errors: [Int32]) throws {
        typealias Push = @convention(c) (OpaquePointer?, Int16, Int, UnsafePointer<Int32>) -> Void
        try Self.find("rd_kafka_mock_push_request_errors_array", in: library, as: Push.self)(
            cluster, request.rawValue, errors.count, errors)
    }

    enum Request: Int16 {
        case produce = 0
        case initProducerID = 22
        case addPartitions = 24
        case addOffsets = 25
        case endTransaction = 26
        case commitOffsets = 28
    }

    /// Puts records into a partition of a topic, and waits until they are there.
    func produce(_ topic: String, _ records: [(partition: Int, record: TestRecord)]) throws {
        let producer = try KafkaProducer(settings, topic: topic, transactionalID: nil)
        for (number, (partition, record)) in records.enumerated() {
            _ = try producer.send(
                key: record.key, value: record.value, timestamp: record.time, partition: partition,
                headers: record.headers, tag: number + 1)
        }
        try producer.flush(milliseconds: 60_000)
        guard producer.hasNoFailures else { throw Unavailable() }
    }
}

/// A record as a test wants it.
struct TestRecord {
    var key: [UInt8]?
    var value: [UInt8]?
    var time: Int64 = 1
    var headers: [(name: String, value: [UInt8]?)] = []

    init(_ key: String?, _ value: String?, time: Int64 = 1) {
        self.key = key.map { Array($0.utf8) }
        self.value = value.map { Array($0.utf8) }
        self.time = time
    }

    /// `partition offset time key value headers`, as a source shows it.
    func line(_ partition: Int, _ offset: Int) -> String {
        func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "-" }
        let headers = headers.map { "\($0.name)=\(text($0.value))" }.joined(separator: ",")
        return "\(partition) \(offset) \(time) \(text(key)) \(text(value)) [\(headers)]"
    }
}
