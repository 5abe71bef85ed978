import Synchronization

/// A produce request at work: its answer goes out when all of its records are as durable as it asked for.
final class Production: Sendable {
    struct Result {
        let index: Int32
        var code: ErrorCode
        var message: String?
        var baseOffset: Int64 = -1
        var logAppendTime: Int64 = -1
        var logStartOffset: Int64 = -1

        init(_ index: Int32, _ code: ErrorCode, _ message: String?) {
            self.index = index
            self.code = code
            self.message = message
        }
    }

    private struct State {
        var topics: [(name: String, identifier: Identifier, results: [Result])] = []
        /// Logs that are still being flushed, and the request itself until it has been read.
        var waitsFor = 1
    }

    let call: Call
    let acks: Int16
    private let state = Mutex(State())

    init(_ call: Call, acks: Int16) {
        self.call = call
        self.acks = acks
    }

    func add(_ topic: ProduceRequest.TopicProduceData, _ result: Result) {
        state.withLock {
            if let last = $0.topics.last, last.name == topic.name, last.identifier == topic.topicID {
                $0.topics[$0.topics.count - 1].results.append(result)
            } else {
                $0.topics.append((topic.name, topic.topicID, [result]))
            }
        }
    }

    /// The result that was added last is not true before a flush; returns where it is.
    func expectFlush() -> (topic: Int, result: Int) {
        state.withLock {
            $0.waitsFor += 1
            return ($0.topics.count - 1, $0.topics[$0.topics.count - 1].results.count - 1)
        }
    }

    func flushed(_ place: (topic: Int, result: Int), _ failure: LogError?) {
        if let failure {
            state.withLock {
                $0.topics[place.topic].results[place.result].code = ErrorCode(failure)
                $0.topics[place.topic].results[place.result].message = failure.message
            }
        }
        finish()
    }

    func finish() {
        let isDone = state.withLock {
            $0.waitsFor -= 1
            return $0.waitsFor == 0
        }
        if isDone { answer() }
    }

    private func answer() {
        let topics = state.withLock { $0.topics }
        guard acks != 0 else {
            // There is no other way to tell a producer that does not wait for answers.
            let hasFailed = topics.contains { $0.results.contains { $0.code != .none } }
            return hasFailed ? call.reply.close() : call.reply.sendNothing()
        }
        var response = ProduceResponse()
        response.responses = topics.map { topic in
            var entry = ProduceResponse.TopicProduceResponse()
            entry.name = topic.name
            entry.topicID = topic.identifier
            entry.partitionResponses = topic.results.map { result in
                var partition = ProduceResponse.PartitionProduceResponse()
                partition.index = result.index
                partition.errorCode = result.code.rawValue
                partition.errorMessage = result.message
                partition.baseOffset = result.code == .none ? result.baseOffset : -1
                partition.logAppendTimeMs = result.logAppendTime
                partition.logStartOffset = result.logStartOffset
                return partition
            }
            return entry
        }
        call.answer(response)
    }
}
