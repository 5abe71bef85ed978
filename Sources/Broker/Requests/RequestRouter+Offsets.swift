/// OffsetCommit, OffsetFetch, OffsetDelete.
extension RequestRouter {
    func offsetCommit(_ request: OffsetCommitRequest, _ call: Call) {
        let commit = OffsetCommit(
            request.topics.map { topic in
                (
                    topic.name,
                    topic.partitions.map {
                        (
                            $0.partitionIndex,
                            CommittedOffset(
                                offset: $0.committedOffset, leaderEpoch: $0.committedLeaderEpoch,
                                metadata: $0.committedMetadata ?? "", committedAt: clock())
                        )
                    }
                )
            }, topics)
        let answer: @Sendable (ErrorCode) -> Void = { code in
            var response = OffsetCommitResponse()
            response.topics = commit.results(code).map { name, partitions in
                var entry = OffsetCommitResponse.OffsetCommitResponseTopic()
                entry.name = name
                entry.partitions = partitions.map { index, code in
                    var partition = OffsetCommitResponse.OffsetCommitResponsePartition()
                    partition.partitionIndex = index
                    partition.errorCode = code
                    return partition
                }
                return entry
            }
            call.answer(response)
        }
        guard !request.groupID.isEmpty else { return answer(.invalidGroupID) }
        groups.commit(
            request.groupID, commit.taken,
            check: {
                $0.mayCommit(
                    request.memberID, request.groupInstanceID, request.generationIDOrMemberEpoch, now: $1)
            }, answer)
    }

    func offsetFetch(_ request: OffsetFetchRequest, _ call: Call) {
        var response = OffsetFetchResponse()
        guard call.version < 8 else {
            response.groups = request.groups.map { offsets(of: $0, needsStable: request.requireStable) }
            return call.answer(response)
        }
        let asked = request.topics?.map { ($0.name, $0.partitionIndexes) }
        let found = offsets(of: request.groupID, asked, needsStable: request.requireStable)
        response.topics = found.map { name, partitions in
            var entry = OffsetFetchResponse.OffsetFetchResponseTopic()
            entry.name = name
            entry.partitions = partitions.map {
                var partition = OffsetFetchResponse.OffsetFetchResponsePartition()
                partition.partitionIndex = $0.partition
                (partition.committedOffset, partition.committedLeaderEpoch, partition.metadata) =
                    ($0.offset.offset, $0.offset.leaderEpoch, $0.offset.metadata)
                partition.errorCode = $0.code.rawValue
                return partition
            }
            return entry
        }
        call.answer(response)
    }

    private func offsets(
        of asked: OffsetFetchRequest.OffsetFetchRequestGroup, needsStable: Bool
    ) -> OffsetFetchResponse.OffsetFetchResponseGroup {
        var group = OffsetFetchResponse.OffsetFetchResponseGroup()
        group.groupID = asked.groupID
        let topics = asked.topics?.map { ($0.name, $0.partitionIndexes) }
        group.topics = offsets(of: asked.groupID, topics, needsStable: needsStable).map { name, partitions in
            var entry = OffsetFetchResponse.OffsetFetchResponseTopics()
            entry.name = name
            entry.partitions = partitions.map {
                var partition = OffsetFetchResponse.OffsetFetchResponsePartitions()
                partition.partitionIndex = $0.partition
                (partition.committedOffset, partition.committedLeaderEpoch, partition.metadata) =
                    ($0.offset.offset, $0.offset.leaderEpoch, $0.offset.metadata)
                partition.errorCode = $0.code.rawValue
                return partition
            }
            return entry
        }
        return group
    }

    private struct Answered {
        let partition: Int32
        let offset: CommittedOffset
        let code: ErrorCode
    }

    /// In the order of the request; of all topics where none are named.
    private func offsets(
        of group: String, _ asked: [(topic: String, partitions: [Int32])]?, needsStable: Bool
    ) -> [(String, [Answered])] {
        let partitions = asked?.flatMap { topic, partitions in
            partitions.map { TopicPartition(topic: topic, partition: $0) }
        }
        let found = groups.offsets(of: group, partitions, needsStable: needsStable)
        var topics: [(String, [Answered])] = []
        var places: [String: Int] = [:]
        for (partition, found) in found {
            let answered: Answered
            let nothing = CommittedOffset(offset: -1)
            switch found {
            case .offset(let offset):
                answered = Answered(partition: partition.partition, offset: offset, code: .none)
            case .none: answered = Answered(partition: partition.partition, offset: nothing, code: .none)
            case .unstable:
                answered = Answered(
                    partition: partition.partition, offset: nothing, code: .unstableOffsetCommit)
            }
            let place = places[partition.topic] ?? topics.count
            if place == topics.count {
                topics.append((partition.topic, []))
                places[partition.topic] = place
            }
            topics[place].1.append(answered)
        }
        return topics
    }

    func offsetDelete(_ request: OffsetDeleteRequest, _ call: Call) {
        let partitions = request.topics.flatMap { topic in
            topic.partitions.map { TopicPartition(topic: topic.name, partition: $0.partitionIndex) }
        }
        let (code, codes) = groups.deleteOffsets(of: request.groupID, partitions) { $0.subscribedTopics }
        var response = OffsetDeleteResponse()
        response.errorCode = code.rawValue
        response.topics = request.topics.map { topic in
            var entry = OffsetDeleteResponse.OffsetDeleteResponseTopic()
            entry.name = topic.name
            entry.partitions = topic.partitions.map {
                let key = TopicPartition(topic: topic.name, partition: $0.partitionIndex)
                var partition = OffsetDeleteResponse.OffsetDeleteResponsePartition()
                partition.partitionIndex = $0.partitionIndex
                partition.errorCode = (codes[key] ?? .none).rawValue
                return partition
            }
            return entry
        }
        let answer = response
        groups.flush { _ in call.answer(answer) }
    }
}
