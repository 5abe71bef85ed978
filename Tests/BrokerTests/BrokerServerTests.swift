import Diagnostics
import Foundation
import Storage
import TestKit
import Testing

@testable import Broker

/// The broker behind a socket, by requests as they are on the wire.
@Suite("A broker behind a socket")
struct BrokerServerTests {
    /// A broker with topics on a simulated disk.
    final class Place {
        let files: SimulatedFileSystem
        let store: TopicStore
        let server: BrokerServer

        init(
            _ files: SimulatedFileSystem = .init(), change: (inout BrokerSettings) -> Void = { _ in },
            before: (TopicStore) -> Void = { _ in }
        ) throws {
            self.files = files
            store = try TopicStore(directory: "/data", fileSystem: files)
            var settings = BrokerSettings()
            settings.address = BrokerAddress(host: "127.0.0.1", port: 0)
            settings.gatherMilliseconds = 0
            change(&settings)
            before(store)
            server = try BrokerServer(store, settings)
        }

        func stop() {
            server.stop()
            store.close()
        }
    }

    @Test("a version of ApiVersions that it does not know is answered in version 0, with error 35")
    func apiVersions() throws {
        let place = try Place()
        defer { place.stop() }
        let client = try ClientSocket(place.server.address)
        try client.write(ClientSocket.frame(ApiVersionsRequest(), version: 99, correlation: 5))
        let refused = try client.read(ApiVersionsResponse.self, version: 0)
        #expect(refused.errorCode == 35)
        #expect(refused.apiKeys.contains { $0.apiKey == 18 && $0.maxVersion == 4 })
        let answer: ApiVersionsResponse = try client.ask(ApiVersionsRequest(), version: 4)
        #expect(answer.errorCode == 0)
        #expect(answer.apiKeys == refused.apiKeys)
    }

    @Test("requests that come together are answered in their order, each once")
    func order() throws {
        let place = try Place()
        defer { place.stop() }
        try place.store.create("t")
        let client = try ClientSocket(place.server.address)
        var sent: [UInt8] = []
        for number in 0..<200 {
            let records = try SampleRequests.batch(["\(number)"])
            sent += ClientSocket.frame(
                SampleRequests.production("t", records), version: 9, correlation: Int32(number))
            if number % 10 == 0 {
                sent += ClientSocket.frame(
                    ApiVersionsRequest(), version: 3, correlation: Int32(1000 + number))
            }
        }
        try client.write(sent)
        for number in 0..<200 {
            let answer = try client.read(ProduceResponse.self, version: 9)
            #expect(answer.responses[0].partitionResponses[0].baseOffset == Int64(number))
            if number % 10 == 0 {
                #expect(try client.read(ApiVersionsResponse.self, version: 3).errorCode == 0)
            }
        }
    }

    @Test("a fetch that waits is answered by the append that it waits for")
    func longPoll() throws {
        let place = try Place()
        defer { place.stop() }
        try place.store.create("t")
        let reader = try ClientSocket(place.server.address)
        try reader.write(
            ClientSocket.frame(
                SampleRequests.fetch("t", offset: 0, wait: 50_000), version: 12, correlation: 1))
        let writer = try ClientSocket(place.server.address)
        let answer: ProduceResponse = try writer.ask(
            SampleRequests.production("t", try SampleRequests.batch(["a"])), version: 9,
            for: ProduceResponse.self)
        #expect(answer.responses[0].partitionResponses[0].errorCode == 0)
        let fetched = try reader.read(FetchResponse.self, version: 12)
        #expect(fetched.responses[0].partitions[0].records?.isEmpty == false)
        #expect(fetched.responses[0].partitions[0].highWatermark == 1)
    }

    @Test("a fetch session tells only what is new")
    func session() throws {
        let place = try Place()
        defer { place.stop() }
        try place.store.create("t")
        let client = try ClientSocket(place.server.address)
        var request = SampleRequests.fetch("t", offset: 0)
        request.sessionEpoch = 0
        let first: FetchResponse = try client.ask(request, version: 12)
        #expect(first.sessionID != 0)
        #expect(first.responses.count == 1)
        request.sessionID = first.sessionID
        request.sessionEpoch = 1
        request.topics = []
        let second: FetchResponse = try client.ask(request, version: 12)
        #expect(second.responses.isEmpty)
        try place.store.append([TopicRecord(value: [1], timestamp: TopicStore.now())], to: "t", partition: 0)
        request.sessionEpoch = 2
        let third: FetchResponse = try client.ask(request, version: 12)
        #expect(third.responses.first?.partitions.first?.highWatermark == 1)
        let again: FetchResponse = try client.ask(request, version: 12)
        #expect(again.errorCode == ErrorCode.invalidFetchSessionEpoch.rawValue)
        request.sessionID += 1
        let unknown: FetchResponse = try client.ask(request, version: 12)
        #expect(unknown.errorCode == ErrorCode.fetchSessionIDNotFound.rawValue)
    }

    @Test("what was decided before the process ended is completed by the next")
    func decidedTransaction() throws {
        let files = SimulatedFileSystem()
        let place = try Place(files)
        try place.store.create("t")
        let client = try ClientSocket(place.server.address)
        var begin = InitProducerIdRequest()
        begin.transactionalID = "x"
        begin.transactionTimeoutMs = 60_000
        let producer: InitProducerIdResponse = try client.ask(begin, version: 4)
        var add = AddPartitionsToTxnRequest()
        add.v3AndBelowTransactionalID = "x"
        add.v3AndBelowProducerID = producer.producerID
        add.v3AndBelowProducerEpoch = producer.producerEpoch
        var topic = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
        topic.name = "t"
        topic.partitions = [0]
        add.v3AndBelowTopics = [topic]
        let added: AddPartitionsToTxnResponse = try client.ask(add, version: 3)
        #expect(added.resultsByTopicV3AndBelow[0].resultsByPartition[0].partitionErrorCode == 0)
        var builder = RecordBatchBuilder(baseOffset: 0)
        builder.header.producerID = producer.producerID
        builder.header.producerEpoch = producer.producerEpoch
        builder.header.baseSequence = 0
        builder.header.attributes.isTransactional = true
        builder.add(timestamp: TopicStore.now(), key: nil, value: [1])
        let written: ProduceResponse = try client.ask(
            SampleRequests.production("t", try builder.finish()), version: 9)
        #expect(written.responses[0].partitionResponses[0].errorCode == 0)
        place.server.stop()
        // As it is when the process is killed between the decision and the marks.
        let log = try place.store.catalogue.log(TransactionCoordinator.topicName, 0)
        var transaction = Transaction(
            "x", producerID: producer.producerID, timeoutMilliseconds: 60_000, now: TopicStore.now())
        transaction.state = .preparedCommit
        transaction.epoch = producer.producerEpoch
        transaction.partitions = [TopicPartition(topic: "t", partition: 0)]
        let record = TransactionRecord.transaction("x", transaction)
        var decision = RecordBatchBuilder(baseOffset: 0)
        decision.add(timestamp: TopicStore.now(), key: record.key, value: record.value)
        _ = try log.append(built: [decision], now: TopicStore.now())
        #expect(try place.store.bounds("t", 0).end == 0)

        let next = try Place(files.crash(seed: 1))
        defer { next.stop() }
        #expect(try waitUntil { try next.store.bounds("t", 0).end == 2 })
        let read = try next.store.reader("t").read(0, from: 0, maximumBytes: 1000).records()
        #expect(read.map(\.record.value) == [[1]])
    }

    @Test("too many connections are turned away, and those that go make room")
    func connections() throws {
        let place = try Place { $0.maximumConnections = 3 }
        defer { place.stop() }
        var clients: [ClientSocket] = []
        for _ in 0..<3 {
            let client = try ClientSocket(place.server.address)
            let answer: ApiVersionsResponse = try client.ask(ApiVersionsRequest(), version: 0)
            #expect(answer.errorCode == 0)
            clients.append(client)
        }
        let fourth = try ClientSocket(place.server.address)
        #expect(throws: ClientSocket.Closed.self) { _ = try fourth.read(1) }
        clients.removeLast()
        #expect(waitUntil { place.server.connectionCount < 3 })
        let fifth = try ClientSocket(place.server.address)
        let answer: ApiVersionsResponse = try fifth.ask(ApiVersionsRequest(), version: 0)
        #expect(answer.errorCode == 0)
    }

    @Test("without a password nothing is answered but the question for it")
    func strangers() throws {
        let place = try Place { $0.passwords = ["user": "pencil"] }
        defer { place.stop() }
        let stranger = try ClientSocket(place.server.address)
        try stranger.write(ClientSocket.frame(MetadataRequest(), version: 9, correlation: 1))
        #expect(throws: ClientSocket.Closed.self) { _ = try stranger.read(1) }
        let client = try ClientSocket(place.server.address)
        var shake = SaslHandshakeRequest()
        shake.mechanism = "PLAIN"
        let shaken: SaslHandshakeResponse = try client.ask(shake, version: 1)
        #expect(shaken.mechanisms == ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
        var proof = SaslAuthenticateRequest()
        proof.authBytes = Array("\0user\0pencil".utf8)
        let proved: SaslAuthenticateResponse = try client.ask(proof, version: 2)
        #expect(proved.errorCode == 0)
        let metadata: MetadataResponse = try client.ask(MetadataRequest(), version: 9)
        #expect(metadata.brokers.count == 1)
    }

    /// Under MILLRACE_FULL many more.
    private static let rounds = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1" ? 200 : 6

    @Test("requests that are damaged, or say anything, end their connection at most", arguments: 0..<6)
    func fuzz(seed: UInt64) throws {
        let place = try Place { $0.maximumRequestBytes = 1 << 20 }
        defer { place.stop() }
        try place.store.create("t")
        var random = SeededGenerator(seed: seed)
        for round in 0..<Self.rounds {
            for (key, versions) in SupportedRequests.versions.sorted(by: { $0.key.rawValue < $1.key.rawValue }
            ) {
                let version = Int16.random(in: versions, using: &random)
                guard let type = requestTypes[key.rawValue] else { continue }
                var frame = ValidRequests.frame(type, version: version, &random)
                switch round % 3 {
                case 0: break
                case 1:
                    for _ in 0..<Int.random(in: 1...4, using: &random) where frame.count > 8 {
                        // Not the key and the version: other requests have their own turn.
                        frame[Int.random(in: 8..<frame.count, using: &random)] = UInt8.random(
                            in: 0...255, using: &random)
                    }
                default: frame = Array(frame.prefix(Int.random(in: 8...frame.count, using: &random)))
                }
                let size = withUnsafeBytes(of: Int32(frame.count - 4).bigEndian) { Array($0) }
                frame.replaceSubrange(0..<4, with: size)
                let client = try ClientSocket(place.server.address)
                try client.write(frame)
            }
        }
        // Sizes that cannot be.
        for size: Int32 in [0, -1, 3, .max, .min] {
            let client = try ClientSocket(place.server.address)
            try client.write(withUnsafeBytes(of: size.bigEndian) { Array($0) } + [1, 2, 3])
            #expect(throws: ClientSocket.Closed.self) { _ = try client.read(1) }
        }
        let client = try ClientSocket(place.server.address)
        let answer: ApiVersionsResponse = try client.ask(ApiVersionsRequest(), version: 3)
        #expect(answer.errorCode == 0, "seed \(seed)")
    }
}
