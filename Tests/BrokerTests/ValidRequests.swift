import TestKit

@testable import Broker

/// Request types by their key.
let requestTypes: [Int16: any Message.Type] = Dictionary(
    messageTypes.filter { $0.key.hasSuffix("Request") }.map { ($0.value.apiKey, $0.value) },
    uniquingKeysWith: { $1 })

/// Requests that can be read, with something in them.
enum ValidRequests {
    static func frame(
        _ type: any Message.Type, version: Int16, _ random: inout SeededGenerator
    ) -> [UInt8] {
        switch type.apiKey {
        case ProduceRequest.apiKey: frame(produce(&random), version)
        case FetchRequest.apiKey: frame(fetch(&random), version)
        case JoinGroupRequest.apiKey: frame(join(&random), version)
        case OffsetCommitRequest.apiKey: frame(commit(&random), version)
        case MetadataRequest.apiKey: frame(metadata(), version)
        case CreateTopicsRequest.apiKey: frame(create(&random), version)
        case ListOffsetsRequest.apiKey: frame(list(&random), version)
        case InitProducerIdRequest.apiKey: frame(begin(&random), version)
        default: empty(type, version)
        }
    }

    private static func frame<Request: Message>(_ request: Request, _ version: Int16) -> [UInt8] {
        ClientSocket.frame(request, version: version, correlation: 7)
    }

    private static func empty<Request: Message>(_: Request.Type, _ version: Int16) -> [UInt8] {
        frame(Request(), version)
    }

    private static func produce(_ random: inout SeededGenerator) -> ProduceRequest {
        var builder = RecordBatchBuilder(baseOffset: 0)
        builder.add(timestamp: 5, key: [1, 2], value: [3, 4, 5], headers: [("h", [6])])
        builder.add(timestamp: 6, key: nil, value: nil)
        let compressions = Compression.allCases
        let compression = compressions[Int.random(in: 0..<compressions.count, using: &random)]
        var partition = ProduceRequest.PartitionProduceData()
        partition.records = (try? builder.finish(compression)) ?? []
        var topic = ProduceRequest.TopicProduceData()
        topic.name = "t"
        topic.partitionData = [partition]
        var request = ProduceRequest()
        request.acks = Int16.random(in: -1...1, using: &random)
        request.topicData = [topic]
        return request
    }

    private static func fetch(_ random: inout SeededGenerator) -> FetchRequest {
        var partition = FetchRequest.FetchPartition()
        partition.fetchOffset = Int64.random(in: -2...3, using: &random)
        partition.partitionMaxBytes = Int32.random(in: -1...5000, using: &random)
        var topic = FetchRequest.FetchTopic()
        topic.topic = "t"
        topic.partitions = [partition]
        var request = FetchRequest()
        request.minBytes = 1
        request.sessionEpoch = Int32.random(in: -1...1, using: &random)
        request.isolationLevel = Int8.random(in: 0...1, using: &random)
        request.topics = [topic]
        return request
    }

    private static func join(_ random: inout SeededGenerator) -> JoinGroupRequest {
        var choice = JoinGroupRequest.JoinGroupRequestProtocol()
        choice.name = "range"
        choice.metadata = [0, 0, 0, 0, 0, 1]
        var request = JoinGroupRequest()
        request.groupID = "g\(Int.random(in: 0..<3, using: &random))"
        request.sessionTimeoutMs = 10_000
        request.rebalanceTimeoutMs = 10_000
        request.protocolType = "consumer"
        request.protocols = [choice]
        return request
    }

    private static func commit(_ random: inout SeededGenerator) -> OffsetCommitRequest {
        var partition = OffsetCommitRequest.OffsetCommitRequestPartition()
        partition.committedOffset = Int64.random(in: -1...9, using: &random)
        var topic = OffsetCommitRequest.OffsetCommitRequestTopic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = OffsetCommitRequest()
        request.groupID = "committers"
        request.topics = [topic]
        return request
    }

    private static func metadata() -> MetadataRequest {
        var topic = MetadataRequest.MetadataRequestTopic()
        topic.name = "t"
        var request = MetadataRequest()
        request.topics = [topic]
        request.allowAutoTopicCreation = false
        return request
    }

    private static func create(_ random: inout SeededGenerator) -> CreateTopicsRequest {
        var config = CreateTopicsRequest.CreatableTopicConfig()
        config.name = "retention.ms"
        config.value = "5"
        var topic = CreateTopicsRequest.CreatableTopic()
        topic.name = "made\(Int.random(in: 0..<5, using: &random))"
        topic.numPartitions = Int32.random(in: -1...3, using: &random)
        topic.replicationFactor = 1
        topic.configs = [config]
        var request = CreateTopicsRequest()
        request.topics = [topic]
        return request
    }

    private static func list(_ random: inout SeededGenerator) -> ListOffsetsRequest {
        var partition = ListOffsetsRequest.ListOffsetsPartition()
        partition.timestamp = Int64.random(in: -6...6, using: &random)
        var topic = ListOffsetsRequest.ListOffsetsTopic()
        topic.name = "t"
        topic.partitions = [partition]
        var request = ListOffsetsRequest()
        request.topics = [topic]
        return request
    }

    private static func begin(_ random: inout SeededGenerator) -> InitProducerIdRequest {
        var request = InitProducerIdRequest()
        request.transactionalID = Bool.random(using: &random) ? nil : "x"
        request.transactionTimeoutMs = 1000
        return request
    }
}
