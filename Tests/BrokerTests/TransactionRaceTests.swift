import Foundation
import Testing

@testable import Broker

/// A producer that has given up on a connection ends its transaction on another, while a request of it is
/// still on its way to the log.
@Suite("A transaction that ends meanwhile")
struct TransactionRaceTests {
    private typealias Place = BrokerServerTests.Place

    private final class Producer {
        private let place: Place
        let identity: InitProducerIdResponse

        init(_ place: Place) throws {
            self.place = place
            var begin = InitProducerIdRequest()
            begin.transactionalID = "x"
            begin.transactionTimeoutMs = 60_000
            identity = try ClientSocket(place.server.address).ask(begin, version: 4)
        }

        func add(_ topic: String) throws {
            var entry = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
            entry.name = topic
            entry.partitions = [0]
            var add = AddPartitionsToTxnRequest()
            add.v3AndBelowTransactionalID = "x"
            add.v3AndBelowProducerID = identity.producerID
            add.v3AndBelowProducerEpoch = identity.producerEpoch
            add.v3AndBelowTopics = [entry]
            let added: AddPartitionsToTxnResponse = try ClientSocket(place.server.address).ask(
                add, version: 3)
            #expect(added.resultsByTopicV3AndBelow[0].resultsByPartition[0].partitionErrorCode == 0)
        }

        func addGroup() throws {
            var add = AddOffsetsToTxnRequest()
            add.transactionalID = "x"
            add.producerID = identity.producerID
            add.producerEpoch = identity.producerEpoch
            add.groupID = "g"
            let added: AddOffsetsToTxnResponse = try ClientSocket(place.server.address).ask(add, version: 3)
            #expect(added.errorCode == 0)
        }

        func production() throws -> ProduceRequest {
            var builder = RecordBatchBuilder(baseOffset: 0)
            builder.header.producerID = identity.producerID
            builder.header.producerEpoch = identity.producerEpoch
            builder.header.baseSequence = 0
            builder.header.attributes.isTransactional = true
            builder.add(timestamp: TopicStore.now(), key: nil, value: [1])
            return SampleRequests.production("t", try builder.finish())
        }

        var commit: TxnOffsetCommitRequest {
            var partition = TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition()
            partition.committedOffset = 1
            var topic = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
            topic.name = "t"
            topic.partitions = [partition]
            var request = TxnOffsetCommitRequest()
            request.transactionalID = "x"
            request.groupID = "g"
            request.producerID = identity.producerID
            request.producerEpoch = identity.producerEpoch
            request.topics = [topic]
            return request
        }

        /// Asks for the end, and returns when it is decided, as what it is decided by is not held up.
        func abort(on client: ClientSocket) throws {
            var end = EndTxnRequest()
            end.transactionalID = "x"
            end.producerID = identity.producerID
            end.producerEpoch = identity.producerEpoch
            end.committed = false
            try client.write(ClientSocket.frame(end, version: 3, correlation: 1))
            var question = DescribeTransactionsRequest()
            question.transactionalIDs = ["x"]
            let watcher = try ClientSocket(place.server.address)
            let isDecided = try waitUntil {
                let answer: DescribeTransactionsResponse = try watcher.ask(question, version: 0)
                return answer.transactionStates[0].transactionState != "Ongoing"
            }
            #expect(isDecided)
        }
    }

    /// Enough for a request to come as far as it can. It is refused in any case, but without this it might
    /// come too late for what is tested.
    private func letItCome() { usleep(30_000) }

    @Test("gets no records behind its mark")
    func records() throws {
        let place = try Place()
        defer { place.stop() }
        try place.store.create("t")
        let producer = try Producer(place)
        try producer.add("t")
        let log = try place.store.catalogue.log("t", 0)
        let stuck = try ClientSocket(place.server.address)
        let other = try ClientSocket(place.server.address)
        try log.writing.withLock { _ in
            try stuck.write(ClientSocket.frame(try producer.production(), version: 9, correlation: 1))
            letItCome()
            try producer.abort(on: other)
        }
        let late = try stuck.read(ProduceResponse.self, version: 9)
        #expect(
            late.responses[0].partitionResponses[0].errorCode == ErrorCode.invalidTransactionState.rawValue)
        #expect(try other.read(EndTxnResponse.self, version: 3).errorCode == 0)
        // The mark alone, and no transaction that nobody would end.
        #expect(log.bounds.logEnd == 1)
        #expect(log.bounds.lastStable == 1)
    }

    @Test("gets no offsets behind its mark")
    func offsets() throws {
        let place = try Place()
        defer { place.stop() }
        try place.store.create("t")
        let producer = try Producer(place)
        try producer.addGroup()
        let stuck = try ClientSocket(place.server.address)
        let other = try ClientSocket(place.server.address)
        try place.server.groups.state.withLock { _ in
            try stuck.write(ClientSocket.frame(producer.commit, version: 3, correlation: 1))
            letItCome()
            try producer.abort(on: other)
        }
        let late = try stuck.read(TxnOffsetCommitResponse.self, version: 3)
        #expect(late.topics[0].partitions[0].errorCode == ErrorCode.invalidTransactionState.rawValue)
        #expect(try other.read(EndTxnResponse.self, version: 3).errorCode == 0)
        let partition = TopicPartition(topic: "t", partition: 0)
        for (_, found) in place.server.groups.offsets(of: "g", [partition], needsStable: true) {
            guard case .none = found else {
                Issue.record("\(found)")
                return
            }
        }
    }
}
