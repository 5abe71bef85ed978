/// DescribeConfigs, AlterConfigs, IncrementalAlterConfigs.
extension RequestRouter {
    private static let topicResource: Int8 = 2
    private static let brokerResource: Int8 = 4

    func describeConfigs(_ request: DescribeConfigsRequest, _ call: Call) {
        var response = DescribeConfigsResponse()
        response.results = request.resources.map { resource in
            var result = DescribeConfigsResponse.DescribeConfigsResult()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            result.errorMessage = nil
            let wanted = resource.configurationKeys.map { Set($0) }
            switch resource.resourceType {
            case RequestRouter.topicResource:
                guard let topic = topics.topic(resource.resourceName) else {
                    result.errorCode = ErrorCode.unknownTopicOrPartition.rawValue
                    result.errorMessage = "there is no topic '\(resource.resourceName)'"
                    return result
                }
                result.configs = RequestRouter.configs(
                    of: topic.configuration, wanted, synonyms: request.includeSynonyms)
            case RequestRouter.brokerResource:
                guard resource.resourceName.isEmpty || resource.resourceName == "\(RequestRouter.nodeID)"
                else {
                    result.errorCode = ErrorCode.invalidRequest.rawValue
                    result.errorMessage = "the only broker is \(RequestRouter.nodeID)"
                    return result
                }
                result.configs = brokerConfigs(wanted)
            default:
                result.errorCode = ErrorCode.invalidRequest.rawValue
                result.errorMessage = "only topics (2) and the broker (4) have settings"
            }
            return result
        }
        call.answer(response)
    }

    private static func configs(
        of configuration: TopicConfiguration, _ wanted: Set<String>?, synonyms: Bool
    ) -> [DescribeConfigsResponse.DescribeConfigsResourceResult] {
        TopicConfiguration.definitions.sorted { $0.key < $1.key }.compactMap { name, definition in
            guard wanted?.contains(name) ?? true else { return nil }
            var config = DescribeConfigsResponse.DescribeConfigsResourceResult()
            config.name = name
            config.value = configuration[name]
            let isSet = configuration.values[name] != nil
            config.configSource = isSet ? ConfigSource.topic : ConfigSource.standard
            config.isDefault = !isSet
            config.configType = definition.typeNumber
            config.documentation = nil
            if synonyms {
                if isSet { config.synonyms.append(synonym(name, configuration[name], ConfigSource.topic)) }
                config.synonyms.append(synonym(name, definition.standard, ConfigSource.standard))
            }
            return config
        }
    }

    private static func synonym(
        _ name: String, _ value: String, _ source: Int8
    ) -> DescribeConfigsResponse.DescribeConfigsSynonym {
        var synonym = DescribeConfigsResponse.DescribeConfigsSynonym()
        synonym.name = name
        synonym.value = value
        synonym.source = source
        return synonym
    }

    private func brokerConfigs(
        _ wanted: Set<String>?
    ) -> [DescribeConfigsResponse.DescribeConfigsResourceResult] {
        let values = [
            "advertised.listeners": "\(advertised.host):\(advertised.port)",
            "auto.create.topics.enable": "\(settings.createsTopics)",
            "broker.id": "\(RequestRouter.nodeID)",
            "default.replication.factor": "1",
            "fetch.max.bytes": "\(settings.fetchByteCount)",
            "max.connections": "\(settings.connections.connections)",
            "num.partitions": "\(settings.defaultPartitions)",
            "offsets.retention.minutes": "\(settings.groupRetentionMilliseconds / 60_000)",
            "socket.request.max.bytes": "\(settings.connections.requestByteCount)",
        ]
        return values.sorted { $0.key < $1.key }.compactMap { name, value in
            guard wanted?.contains(name) ?? true else { return nil }
            var config = DescribeConfigsResponse.DescribeConfigsResourceResult()
            config.name = name
            config.value = value
            config.readOnly = true
            config.configSource = ConfigSource.broker
            config.documentation = nil
            return config
        }
    }

    func alterConfigs(_ request: AlterConfigsRequest, _ call: Call) {
        var response = AlterConfigsResponse()
        response.responses = request.resources.map { resource in
            var result = AlterConfigsResponse.AlterConfigsResourceResponse()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            result.errorMessage = nil
            // What is not named goes back to its default.
            var changes: [String: String?] = [:]
            for name in topics.topic(resource.resourceName)?.configuration.values.keys ?? [:].keys {
                changes.updateValue(nil, forKey: name)
            }
            for config in resource.configs { changes.updateValue(config.value, forKey: config.name) }
            if let (code, reason) = alter(
                resource.resourceType, resource.resourceName, changes, request.validateOnly)
            {
                result.errorCode = code.rawValue
                result.errorMessage = reason
            }
            return result
        }
        call.answer(response)
    }

    func incrementalAlterConfigs(_ request: IncrementalAlterConfigsRequest, _ call: Call) {
        var response = IncrementalAlterConfigsResponse()
        response.responses = request.resources.map { resource in
            var result = IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
            result.resourceType = resource.resourceType
            result.resourceName = resource.resourceName
            result.errorMessage = nil
            let refusal = incrementalChanges(resource).map {
                alter(resource.resourceType, resource.resourceName, $0, request.validateOnly)
            }
            switch refusal {
            case .some(.some((let code, let reason))):
                result.errorCode = code.rawValue
                result.errorMessage = reason
            case .some(.none): break
            case .none:
                result.errorCode = ErrorCode.invalidConfig.rawValue
                result.errorMessage = "only lists can be appended to"
            }
            return result
        }
        call.answer(response)
    }

    /// nil where an operation does not fit the setting.
    private func incrementalChanges(
        _ resource: IncrementalAlterConfigsRequest.AlterConfigsResource
    ) -> [String: String?]? {
        let present = topics.topic(resource.resourceName)?.configuration ?? TopicConfiguration()
        var changes: [String: String?] = [:]
        for config in resource.configs {
            switch config.configOperation {
            case 0: changes.updateValue(config.value, forKey: config.name)
            case 1: changes.updateValue(nil, forKey: config.name)
            case 2, 3:
                guard config.name == "cleanup.policy", let value = config.value else { return nil }
                var words = present[config.name].split(separator: ",").map(String.init)
                let given = value.split(separator: ",").map(String.init)
                words.removeAll { given.contains($0) }
                if config.configOperation == 2 { words += given }
                changes.updateValue(words.joined(separator: ","), forKey: config.name)
            default: return nil
            }
        }
        return changes
    }

    /// nil: done.
    private func alter(
        _ type: Int8, _ name: String, _ changes: [String: String?], _ validatesOnly: Bool
    ) -> (ErrorCode, String)? {
        guard type == RequestRouter.topicResource else {
            return (.invalidRequest, "only settings of topics (2) can be changed")
        }
        guard let topic = topics.topic(name) else {
            return (.unknownTopicOrPartition, "there is no topic '\(name)'")
        }
        guard !RequestRouter.isInternal(name) else { return (.invalidTopic, "the topic is the broker's own") }
        if validatesOnly {
            var configuration = topic.configuration
            do throws(TopicConfiguration.Refusal) {
                for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
                    try configuration.set(name, value)
                }
            } catch {
                return (.invalidConfig, "\(error.name): \(error.reason)")
            }
            return nil
        }
        do throws(TopicError) {
            try topics.configure(name, changes)
            return nil
        } catch {
            return (ErrorCode(error), error.message)
        }
    }
}

extension TopicConfiguration.Definition {
    /// The protocol's number for the kind of value.
    fileprivate var typeNumber: Int8 {
        switch kind {
        case .text: 2
        case .integer: 5
        case .number: 6
        case .words: 7
        }
    }
}
