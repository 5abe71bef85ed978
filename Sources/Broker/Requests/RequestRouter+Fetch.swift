/// Fetch, ListOffsets, OffsetForLeaderEpoch.
extension RequestRouter {
    /// Nobody who is still there waits longer.
    private static let longestWaitMilliseconds: Int32 = 300_000

    func fetch(_ request: FetchRequest, _ call: Call) {
        let wait = min(request.maxWaitMs, RequestRouter.longestWaitMilliseconds)
        switch fetchSessions.open(request) {
        case .whole(let partitions):
            WaitingFetch(self, call, request, nil, partitions, isWhole: true)
                .start(waitMilliseconds: wait)
        case .session(let session, let isNew):
            WaitingFetch(self, call, request, session, session.partitions, isWhole: isNew)
                .start(waitMilliseconds: wait)
        case .refused(let code):
            var response = FetchResponse()
            response.errorCode = code.rawValue
            call.answer(response)
        }
    }

    // MARK: ListOffsets

    func listOffsets(_ request: ListOffsetsRequest, _ call: Call) {
        var response = ListOffsetsResponse()
        response.topics = request.topics.map { topic in
            var entry = ListOffsetsResponse.ListOffsetsTopicResponse()
            entry.name = topic.name
            entry.partitions = topic.partitions.map {
                listOffset(topic.name, $0, request.isolationLevel == 1 ? .committed : .uncommitted)
            }
            return entry
        }
        call.answer(response)
    }

    private func listOffset(
        _ topic: String, _ asked: ListOffsetsRequest.ListOffsetsPartition, _ isolation: PartitionLog.Isolation
    ) -> ListOffsetsResponse.ListOffsetsPartitionResponse {
        var answer = ListOffsetsResponse.ListOffsetsPartitionResponse()
        answer.partitionIndex = asked.partitionIndex
        do throws(TopicError) {
            let log = try topics.log(topic, Int(asked.partitionIndex))
            guard asked.currentLeaderEpoch <= 0 else {
                answer.errorCode = ErrorCode.unknownLeaderEpoch.rawValue
                return answer
            }
            do throws(LogError) {
                try find(asked.timestamp, in: log, isolation, &answer)
            } catch {
                answer.errorCode = ErrorCode(error).rawValue
            }
        } catch {
            answer.errorCode = ErrorCode(error).rawValue
        }
        return answer
    }

    private func find(
        _ time: Int64, in log: PartitionLog, _ isolation: PartitionLog.Isolation,
        _ answer: inout ListOffsetsResponse.ListOffsetsPartitionResponse
    ) throws(LogError) {
        let bounds = log.bounds
        switch time {
        case -1:
            answer.offset = isolation == .committed ? bounds.lastStable : bounds.highWatermark
            answer.leaderEpoch = 0
        // Earliest, and the earliest on this broker's own disk.
        case -2, -4:
            answer.offset = bounds.logStart
            answer.leaderEpoch = 0
        case -3:
            guard let found = try log.offsetOfMaxTimestamp() else { return }
            (answer.offset, answer.timestamp, answer.leaderEpoch) = (found.offset, found.timestamp, 0)
        // Nothing is kept elsewhere.
        case -5: return
        case 0...:
            guard let found = try log.firstOffset(atOrAfter: time, isolation: isolation) else { return }
            (answer.offset, answer.timestamp, answer.leaderEpoch) = (found.offset, found.timestamp, 0)
        default: answer.errorCode = ErrorCode.unsupportedVersion.rawValue
        }
    }

    func offsetForLeaderEpoch(_ request: OffsetForLeaderEpochRequest, _ call: Call) {
        var response = OffsetForLeaderEpochResponse()
        response.topics = request.topics.map { topic in
            var entry = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
            entry.topic = topic.topic
            entry.partitions = topic.partitions.map { asked in
                var answer = OffsetForLeaderEpochResponse.EpochEndOffset()
                answer.partition = asked.partition
                do throws(TopicError) {
                    let log = try topics.log(topic.topic, Int(asked.partition))
                    if asked.currentLeaderEpoch > 0 {
                        answer.errorCode = ErrorCode.unknownLeaderEpoch.rawValue
                    } else if let end = log.endOffset(ofLeaderEpoch: asked.leaderEpoch) {
                        answer.leaderEpoch = end.epoch
                        answer.endOffset = end.endOffset
                    } else if asked.leaderEpoch >= 0 {
                        answer.leaderEpoch = 0
                        answer.endOffset = log.bounds.highWatermark
                    }
                } catch {
                    answer.errorCode = ErrorCode(error).rawValue
                }
                return answer
            }
            return entry
        }
        call.answer(response)
    }
}
