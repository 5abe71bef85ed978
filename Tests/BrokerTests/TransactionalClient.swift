import Foundation

@testable import Broker

/// A transactional producer by its requests, each on a connection of its own: it says what it is told to say,
/// also what a library would not.
final class TransactionalClient {
    let name: String
    private(set) var producerID: Int64 = -1
    private(set) var epoch: Int16 = -1
    private var address: BrokerAddress
    /// For an answer.
    var waitSeconds = 60.0
    private var sequences: [Int32: Int32] = [:]

    init(_ address: BrokerAddress, _ name: String) {
        self.address = address
        self.name = name
    }

    /// Goes on with another broker, as who it was.
    func move(to address: BrokerAddress) { self.address = address }

    /// - Parameter goesOn: says who it was, instead of beginning anew.
    func begin(goesOn: Bool = false) throws -> ErrorCode? {
        var begin = InitProducerIdRequest()
        begin.transactionalID = name
        begin.transactionTimeoutMs = 60_000
        begin.producerID = goesOn ? producerID : -1
        begin.producerEpoch = goesOn ? epoch : -1
        let answer: InitProducerIdResponse = try ask(begin, version: 4)
        if answer.errorCode == 0 {
            (producerID, epoch) = (answer.producerID, answer.producerEpoch)
            sequences = [:]
        }
        return ErrorCode(rawValue: answer.errorCode)
    }

    func add(_ topic: String, _ partitions: [Int32]) throws -> ErrorCode? {
        var entry = AddPartitionsToTxnRequest.AddPartitionsToTxnTopic()
        entry.name = topic
        entry.partitions = partitions
        var add = AddPartitionsToTxnRequest()
        add.v3AndBelowTransactionalID = name
        add.v3AndBelowProducerID = producerID
        add.v3AndBelowProducerEpoch = epoch
        add.v3AndBelowTopics = [entry]
        let added: AddPartitionsToTxnResponse = try ask(add, version: 3)
        let codes = added.resultsByTopicV3AndBelow.flatMap(\.resultsByPartition).map(\.partitionErrorCode)
        return ErrorCode(rawValue: codes.first { $0 != 0 } ?? 0)
    }

    /// Sends the records; those that were refused are sent again with the same sequence the next time.
    func produce(_ topic: String, _ partition: Int32, _ values: [String]) throws -> ErrorCode? {
        var builder = RecordBatchBuilder(baseOffset: 0)
        builder.header.producerID = producerID
        builder.header.producerEpoch = epoch
        builder.header.baseSequence = sequences[partition] ?? 0
        builder.header.attributes.isTransactional = true
        for value in values { builder.add(timestamp: TopicStore.now(), key: nil, value: Array(value.utf8)) }
        var request = SampleRequests.production(topic, try builder.finish())
        request.transactionalID = name
        request.topicData[0].partitionData[0].index = partition
        let answer: ProduceResponse = try ask(request, version: 9)
        let code = answer.responses[0].partitionResponses[0].errorCode
        if code == 0 { sequences[partition, default: 0] += Int32(values.count) }
        return ErrorCode(rawValue: code)
    }

    func addGroup(_ group: String) throws -> ErrorCode? {
        var add = AddOffsetsToTxnRequest()
        add.transactionalID = name
        add.producerID = producerID
        add.producerEpoch = epoch
        add.groupID = group
        let added: AddOffsetsToTxnResponse = try ask(add, version: 3)
        return ErrorCode(rawValue: added.errorCode)
    }

    func commit(_ offset: Int64, of topic: String, to group: String) throws -> ErrorCode? {
        var partition = TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition()
        partition.committedOffset = offset
        var entry = TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic()
        entry.name = topic
        entry.partitions = [partition]
        var request = TxnOffsetCommitRequest()
        request.transactionalID = name
        request.groupID = group
        request.producerID = producerID
        request.producerEpoch = epoch
        request.topics = [entry]
        let answer: TxnOffsetCommitResponse = try ask(request, version: 3)
        return ErrorCode(rawValue: answer.topics[0].partitions[0].errorCode)
    }

    func end(isCommit: Bool) throws -> ErrorCode? {
        var end = EndTxnRequest()
        end.transactionalID = name
        end.producerID = producerID
        end.producerEpoch = epoch
        end.committed = isCommit
        let answer: EndTxnResponse = try ask(end, version: 3)
        return ErrorCode(rawValue: answer.errorCode)
    }

    private func ask<Request: Message, Response: Message>(
        _ request: Request, version: Int16
    ) throws -> Response {
        try ClientSocket(address, waitSeconds: waitSeconds).ask(request, version: version)
    }
}

extension PartitionLog {
    /// The values that a `read_committed` reader gets.
    func committedValues() throws -> [String] {
        var offset = bounds.logStart
        var values: [String] = []
        while true {
            let fetched = try fetch(from: offset, maxBytes: 1 << 20, isolation: .committed)
            if fetched.bytes.isEmpty { return values }
            offset = fetched.nextOffset
            try fetched.bytes.withUnsafeBytes { bytes in
                var position = 0
                while position < bytes.count {
                    let batch = try RecordBatch(at: UnsafeRawBufferPointer(rebasing: bytes[position...]))
                    position += batch.header.byteCount
                    let isAborted = fetched.aborted.contains { $0.covers(batch.header) }
                    if batch.header.attributes.isControl || isAborted { continue }
                    try batch.forEachRecord {
                        values.append($0.value.map { String(decoding: $0, as: UTF8.self) } ?? "")
                    }
                }
            }
        }
    }
}
