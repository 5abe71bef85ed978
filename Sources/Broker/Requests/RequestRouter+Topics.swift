/// CreateTopics, DeleteTopics, CreatePartitions, DeleteRecords.
extension RequestRouter {
    func createTopics(_ request: CreateTopicsRequest, _ call: Call) {
        var response = CreateTopicsResponse()
        let twice = RequestRouter.repeated(request.topics.map(\.name))
        response.topics = request.topics.map { asked in
            var result = CreateTopicsResponse.CreatableTopicResult()
            result.name = asked.name
            result.errorMessage = nil
            if twice.contains(asked.name) {
                result.errorCode = ErrorCode.invalidRequest.rawValue
                result.errorMessage = "the topic is named twice"
                return result
            }
            create(asked, request.validateOnly, &result)
            return result
        }
        call.answer(response)
    }

    private static func repeated(_ names: [String]) -> Set<String> {
        var seen: Set<String> = []
        return Set(names.filter { !seen.insert($0).inserted })
    }

    private func create(
        _ asked: CreateTopicsRequest.CreatableTopic, _ validatesOnly: Bool,
        _ result: inout CreateTopicsResponse.CreatableTopicResult
    ) {
        var count = asked.numPartitions == -1 ? settings.defaultPartitions : Int(asked.numPartitions)
        if !asked.assignments.isEmpty {
            let indexes = asked.assignments.map(\.partitionIndex).sorted()
            let isWhole = indexes == Array(0..<Int32(clamping: indexes.count))
            guard isWhole, asked.assignments.allSatisfy({ $0.brokerIDs == [RequestRouter.nodeID] }) else {
                result.errorCode = ErrorCode.invalidReplicaAssignment.rawValue
                result.errorMessage = "there is one broker, \(RequestRouter.nodeID), for all partitions"
                return
            }
            count = indexes.count
        } else if asked.replicationFactor != -1, asked.replicationFactor != 1 {
            result.errorCode = ErrorCode.invalidReplicationFactor.rawValue
            result.errorMessage = "replication factor \(asked.replicationFactor): there is one broker"
            return
        }
        var values = settings.topicDefaults
        for config in asked.configs where config.value != nil { values[config.name] = config.value }
        do throws(TopicError) {
            if validatesOnly {
                try topics.validate(asked.name, partitions: count, values)
            } else {
                let topic = try topics.create(asked.name, partitions: count, values)
                result.topicID = topic.identifier
            }
        } catch {
            result.errorCode = ErrorCode(error).rawValue
            result.errorMessage = error.message
            return
        }
        result.numPartitions = Int32(clamping: count)
        result.replicationFactor = 1
        var configuration = TopicConfiguration()
        for (name, value) in values { try? configuration.set(name, value) }
        result.configs = TopicConfiguration.definitions.keys.sorted().map {
            var config = CreateTopicsResponse.CreatableTopicConfigs()
            config.name = $0
            config.value = configuration[$0]
            config.configSource = configuration.values[$0] == nil ? ConfigSource.standard : ConfigSource.topic
            return config
        }
    }

    func deleteTopics(_ request: DeleteTopicsRequest, _ call: Call) {
        var response = DeleteTopicsResponse()
        var asked = request.topics
        if call.version < 6 {
            asked = request.topicNames.map {
                var topic = DeleteTopicsRequest.DeleteTopicState()
                topic.name = $0
                return topic
            }
        }
        response.responses = asked.map { topic in
            var result = DeleteTopicsResponse.DeletableTopicResult()
            result.name = topic.name
            result.topicID = topic.topicID
            let found = topic.name.map { topics.topic($0) } ?? topics.topic(topic.topicID)
            guard let found else {
                let code = topic.name == nil ? ErrorCode.unknownTopicID : .unknownTopicOrPartition
                result.errorCode = code.rawValue
                return result
            }
            result.name = found.name
            result.topicID = found.identifier
            guard !RequestRouter.isInternal(found.name) else {
                result.errorCode = ErrorCode.invalidTopic.rawValue
                result.errorMessage = "the topic is the broker's own"
                return result
            }
            do throws(TopicError) {
                try topics.delete(found.name)
                groups.forget(topic: found.name)
            } catch {
                result.errorCode = ErrorCode(error).rawValue
                result.errorMessage = error.message
            }
            return result
        }
        call.answer(response)
    }

    func createPartitions(_ request: CreatePartitionsRequest, _ call: Call) {
        var response = CreatePartitionsResponse()
        response.results = request.topics.map { asked in
            var result = CreatePartitionsResponse.CreatePartitionsTopicResult()
            result.name = asked.name
            do throws(TopicError) {
                guard !RequestRouter.isInternal(asked.name) else {
                    throw .invalidPartitions(reason: "the topic is the broker's own")
                }
                guard let topic = topics.topic(asked.name) else { throw .unknown(asked.name) }
                guard asked.assignments?.allSatisfy({ $0.brokerIDs == [RequestRouter.nodeID] }) ?? true else {
                    result.errorCode = ErrorCode.invalidReplicaAssignment.rawValue
                    result.errorMessage = "there is one broker, \(RequestRouter.nodeID), for all partitions"
                    return result
                }
                if request.validateOnly {
                    guard Int(asked.count) > topic.partitionCount else {
                        throw .invalidPartitions(
                            reason: "\(asked.name) has \(topic.partitionCount) partitions already")
                    }
                } else {
                    try topics.addPartitions(asked.name, to: Int(asked.count))
                }
            } catch {
                result.errorCode = ErrorCode(error).rawValue
                result.errorMessage = error.message
            }
            return result
        }
        call.answer(response)
    }

    /// Not on a thread of the event loop: deleting waits for a compaction that is under way.
    func deleteRecords(_ request: DeleteRecordsRequest, _ call: Call) {
        deletionQueue.run { [self] in
            var response = DeleteRecordsResponse()
            response.topics = request.topics.map { topic in
                var entry = DeleteRecordsResponse.DeleteRecordsTopicResult()
                entry.name = topic.name
                entry.partitions = topic.partitions.map { deleteRecords(of: topic.name, $0) }
                return entry
            }
            call.answer(response)
        }
    }

    private func deleteRecords(
        of topic: String, _ asked: DeleteRecordsRequest.DeleteRecordsPartition
    ) -> DeleteRecordsResponse.DeleteRecordsPartitionResult {
        var result = DeleteRecordsResponse.DeleteRecordsPartitionResult()
        result.partitionIndex = asked.partitionIndex
        result.lowWatermark = -1
        guard !RequestRouter.isInternal(topic) else {
            result.errorCode = ErrorCode.invalidTopic.rawValue
            return result
        }
        do throws(TopicError) {
            let log = try topics.log(topic, Int(asked.partitionIndex))
            do throws(LogError) {
                result.lowWatermark = try log.deleteRecords(before: asked.offset)
            } catch {
                result.errorCode = ErrorCode(error).rawValue
            }
        } catch {
            result.errorCode = ErrorCode(error).rawValue
        }
        return result
    }
}
