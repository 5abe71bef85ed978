import Foundation

@testable import Broker

/// Requests to a broker with one topic and one partition.
enum SampleRequests {
    static func batch(_ values: [String]) throws -> [UInt8] {
        var builder = RecordBatchBuilder(baseOffset: 0)
        for value in values { builder.add(timestamp: TopicStore.now(), key: nil, value: Array(value.utf8)) }
        return try builder.finish()
    }

    static func production(_ topic: String, _ records: [UInt8], acks: Int16 = -1) -> ProduceRequest {
        var partition = ProduceRequest.PartitionProduceData()
        partition.records = records
        var entry = ProduceRequest.TopicProduceData()
        entry.name = topic
        entry.partitionData = [partition]
        var request = ProduceRequest()
        request.acks = acks
        request.timeoutMs = 1000
        request.topicData = [entry]
        return request
    }

    static func fetch(_ topic: String, offset: Int64, wait: Int32 = 0) -> FetchRequest {
        var partition = FetchRequest.FetchPartition()
        partition.fetchOffset = offset
        partition.partitionMaxBytes = 1 << 20
        var entry = FetchRequest.FetchTopic()
        entry.topic = topic
        entry.partitions = [partition]
        var request = FetchRequest()
        request.maxWaitMs = wait
        request.minBytes = 1
        request.topics = [entry]
        return request
    }
}

/// Waits for what other threads do; generous, as only a broken program keeps it waiting.
func waitUntil(seconds: Int64 = 20, _ condition: () throws -> Bool) rethrows -> Bool {
    let limit = SteadyClock.milliseconds + seconds * 1000
    while try !condition() {
        if SteadyClock.milliseconds > limit { return false }
        usleep(1000)
    }
    return true
}
