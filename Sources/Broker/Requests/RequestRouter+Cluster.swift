/// ApiVersions, Metadata, DescribeCluster, DescribeTopicPartitions, FindCoordinator.
extension RequestRouter {
    func apiVersions() -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.apiKeys = SupportedRequests.versions.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            var entry = ApiVersionsResponse.ApiVersion()
            entry.apiKey = $0.key.rawValue
            entry.minVersion = $0.value.lowerBound
            entry.maxVersion = $0.value.upperBound
            return entry
        }
        return response
    }

    /// Topics that are the broker's own.
    static func isInternal(_ topic: String) -> Bool {
        topic == GroupCoordinator.topicName || topic == TransactionCoordinator.topicName
    }

    // MARK: Metadata

    func metadata(_ request: MetadataRequest, _ call: Call) {
        var response = MetadataResponse()
        var broker = MetadataResponse.MetadataResponseBroker()
        broker.nodeID = RequestRouter.nodeID
        broker.host = advertised.host
        broker.port = Int32(advertised.port)
        response.brokers = [broker]
        response.clusterID = clusterID
        response.controllerID = RequestRouter.nodeID
        // Before version 1 an empty list asks for all topics.
        if let asked = request.topics, !(call.version == 0 && asked.isEmpty) {
            response.topics = asked.map {
                described($0, mayCreate: call.version < 4 || request.allowAutoTopicCreation)
            }
        } else {
            response.topics = topics.all.map(described)
        }
        call.answer(response)
    }

    private func described(_ topic: Topic) -> MetadataResponse.MetadataResponseTopic {
        var entry = MetadataResponse.MetadataResponseTopic()
        entry.name = topic.name
        entry.topicID = topic.identifier
        entry.isInternal = RequestRouter.isInternal(topic.name)
        entry.partitions = (0..<topic.partitionCount).map {
            var partition = MetadataResponse.MetadataResponsePartition()
            partition.partitionIndex = Int32($0)
            partition.leaderID = RequestRouter.nodeID
            partition.leaderEpoch = 0
            partition.replicaNodes = [RequestRouter.nodeID]
            partition.isrNodes = [RequestRouter.nodeID]
            return partition
        }
        return entry
    }

    private func described(
        _ asked: MetadataRequest.MetadataRequestTopic, mayCreate: Bool
    ) -> MetadataResponse.MetadataResponseTopic {
        var missing = MetadataResponse.MetadataResponseTopic()
        missing.name = asked.name
        missing.topicID = asked.topicID
        guard let name = asked.name else {
            if let topic = topics.topic(asked.topicID) { return described(topic) }
            missing.errorCode = ErrorCode.unknownTopicID.rawValue
            return missing
        }
        if let topic = topics.topic(name) { return described(topic) }
        missing.errorCode = ErrorCode.unknownTopicOrPartition.rawValue
        if Topic.reasonAgainst(name: name) != nil {
            missing.errorCode = ErrorCode.invalidTopic.rawValue
        } else if mayCreate, settings.createsTopics {
            do throws(TopicError) {
                return described(
                    try topics.create(
                        name, partitions: settings.defaultPartitions, settings.topicDefaults))
            } catch {
                // Somebody else may have been quicker.
                if let topic = topics.topic(name) { return described(topic) }
                missing.errorCode = ErrorCode(error).rawValue
            }
        }
        return missing
    }

    func describeCluster(_ request: DescribeClusterRequest, _ call: Call) {
        var response = DescribeClusterResponse()
        response.endpointType = request.endpointType
        response.clusterID = clusterID
        response.controllerID = RequestRouter.nodeID
        var broker = DescribeClusterResponse.DescribeClusterBroker()
        broker.brokerID = RequestRouter.nodeID
        broker.host = advertised.host
        broker.port = Int32(advertised.port)
        response.brokers = [broker]
        call.answer(response)
    }

    func describeTopicPartitions(_ request: DescribeTopicPartitionsRequest, _ call: Call) {
        var response = DescribeTopicPartitionsResponse()
        var left = min(max(Int(request.responsePartitionLimit), 1), 2000)
        var names = request.topics.map(\.name)
        if names.isEmpty { names = topics.all.map(\.name) }
        names = Array(Set(names)).sorted()
        if let cursor = request.cursor { names.removeAll { $0 < cursor.topicName } }
        for name in names {
            var entry = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic()
            entry.name = name
            guard let topic = topics.topic(name) else {
                entry.errorCode = ErrorCode.unknownTopicOrPartition.rawValue
                response.topics.append(entry)
                continue
            }
            var first = 0
            if let cursor = request.cursor, cursor.topicName == name {
                first = min(max(0, Int(cursor.partitionIndex)), topic.partitionCount)
            }
            let end = min(topic.partitionCount, first + left)
            entry.topicID = topic.identifier
            entry.isInternal = RequestRouter.isInternal(name)
            entry.partitions = (first..<end).map {
                var partition = DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition()
                partition.partitionIndex = Int32($0)
                partition.leaderID = RequestRouter.nodeID
                partition.leaderEpoch = 0
                partition.replicaNodes = [RequestRouter.nodeID]
                partition.isrNodes = [RequestRouter.nodeID]
                return partition
            }
            left -= end - first
            response.topics.append(entry)
            if end < topic.partitionCount || left == 0 && name != names.last {
                var cursor = DescribeTopicPartitionsResponse.Cursor()
                cursor.topicName = name
                cursor.partitionIndex = Int32(end)
                response.nextCursor = cursor
                break
            }
        }
        call.answer(response)
    }

    // MARK: Coordinators

    func findCoordinator(_ request: FindCoordinatorRequest, _ call: Call) {
        var response = FindCoordinatorResponse()
        let isKnown = request.keyType == 0 || request.keyType == 1
        if call.version < 4 {
            response.errorCode = (isKnown ? ErrorCode.none : .invalidRequest).rawValue
            response.errorMessage = nil
            response.nodeID = isKnown ? RequestRouter.nodeID : -1
            response.host = isKnown ? advertised.host : ""
            response.port = isKnown ? Int32(advertised.port) : -1
            return call.answer(response)
        }
        response.coordinators = request.coordinatorKeys.map {
            var coordinator = FindCoordinatorResponse.Coordinator()
            coordinator.key = $0
            coordinator.errorCode = (isKnown ? ErrorCode.none : .invalidRequest).rawValue
            coordinator.errorMessage = nil
            coordinator.nodeID = isKnown ? RequestRouter.nodeID : -1
            coordinator.host = isKnown ? advertised.host : ""
            coordinator.port = isKnown ? Int32(advertised.port) : -1
            return coordinator
        }
        call.answer(response)
    }
}
