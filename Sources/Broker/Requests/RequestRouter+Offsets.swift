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
            response.topics = commit.topics.map { name, partitions in
                var entry = OffsetCommitResponse.OffsetCommitResponseTopic()
                entry.name = name
                entry.partitions = partitions.map {
                    var partition = OffsetCommitResponse.OffsetCommitResponsePartition()
                    partition.partitionIndex = $0.partition
                    partition.errorCode = ($0.code ?? code).rawValue
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
        let asked = request.topics?.flatMap { topic in
            topic.partitionIndexes.map { TopicPartition(topic: topic.name, partition: $0) }
        }
        let found = groups.offsets(of: request.groupID, asked, needsStable: request.requireStable)
        for (name, partitions) in RequestRouter.byTopic(found) {
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
            response.topics.append(entry)
        }
        call.answer(response)
    }

    private func offsets(
        of asked: OffsetFetchRequest.OffsetFetchRequestGroup, needsStable: Bool
    ) -> OffsetFetchResponse.OffsetFetchResponseGroup {
        var group = OffsetFetchResponse.OffsetFetchResponseGroup()
        group.groupID = asked.groupID
        let partitions = asked.topics?.flatMap { topic in
            topic.partitionIndexes.map { TopicPartition(topic: topic.name, partition: $0) }
        }
        let found = groups.offsets(of: asked.groupID, partitions, needsStable: needsStable)
        for (name, partitions) in RequestRouter.byTopic(found) {
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
            group.topics.append(entry)
        }
        return group
    }

    private struct Answered {
        let partition: Int32
        let offset: CommittedOffset
        let code: ErrorCode
    }

    /// In the order of the request.
    private static func byTopic(
        _ found: [(TopicPartition, GroupCoordinator.Found)]
    ) -> [(String, [Answered])] {
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
