import CLibrdkafka
import Diagnostics

/// Requests about topics and groups that a client sends for itself, each waited for.
struct KafkaRequest {
    let handle: KafkaHandle

    init(_ handle: KafkaHandle) { self.handle = handle }

    /// Sends a request and gives its answer to `read`, which must not keep it.
    private func answer<Answer>(
        _ operation: rd_kafka_admin_op_t, _ what: String, _ milliseconds: Int, isStable: Bool = false,
        _ send: (_ options: OpaquePointer, _ queue: OpaquePointer) -> Void,
        read: (OpaquePointer) throws(KafkaError) -> Answer
    ) throws(KafkaError) -> Answer {
        guard let options = rd_kafka_AdminOptions_new(handle.pointer, operation),
            let queue = rd_kafka_queue_new(handle.pointer)
        else { throw handle.error(RD_KAFKA_RESP_ERR__FAIL, what) }
        defer {
            rd_kafka_queue_destroy(queue)
            rd_kafka_AdminOptions_destroy(options)
        }
        var text = [CChar](repeating: 0, count: 256)
        rd_kafka_AdminOptions_set_request_timeout(options, Int32(milliseconds), &text, text.count)
        if isStable, let failure = rd_kafka_AdminOptions_set_require_stable_offsets(options, 1) {
            rd_kafka_error_destroy(failure)
        }
        send(options, queue)
        guard let event = rd_kafka_queue_poll(queue, Int32(milliseconds) + 1000) else {
            throw handle.error(RD_KAFKA_RESP_ERR__TIMED_OUT, what)
        }
        defer { rd_kafka_event_destroy(event) }
        let code = rd_kafka_event_error(event)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw handle.error(code, what, rd_kafka_event_error_string(event).map { String(cString: $0) })
        }
        return try read(event)
    }

    private func check(
        _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, _ what: String
    ) throws(KafkaError) {
        for index in 0..<count {
            guard let result = results?[index] else { continue }
            let code = rd_kafka_topic_result_error(result)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            throw handle.error(
                code, what, rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
        }
    }

    // MARK: Groups

    /// The names of all groups that the brokers tell of.
    func groups(milliseconds: Int) throws(KafkaError) -> [String] {
        let what = "the groups of the cluster can't be listed"
        let handle = handle
        return try answer(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, what, milliseconds) {
            rd_kafka_ListConsumerGroups(handle.pointer, $0, $1)
        } read: { event throws(KafkaError) in
            var count = 0
            guard let result = rd_kafka_event_ListConsumerGroups_result(event),
                let groups = rd_kafka_ListConsumerGroups_result_valid(result, &count)
            else { return [] }
            return (0..<count).compactMap { index in
                groups[index].flatMap { rd_kafka_ConsumerGroupListing_group_id($0) }
                    .map { String(cString: $0) }
            }
        }
    }

    func groupOffset(
        _ group: String, _ topic: String, _ partition: Int, milliseconds: Int
    ) throws(KafkaError) -> Int64? {
        let what = "the offset that the group \(group) has for topic \(topic) can't be looked up"
        guard let list = PartitionOffsets(topic, [(partition, Int64(RD_KAFKA_OFFSET_INVALID))]) else {
            throw handle.error(RD_KAFKA_RESP_ERR__FAIL, what)
        }
        var request = rd_kafka_ListConsumerGroupOffsets_new(group, list.pointer)
        defer { if let request { rd_kafka_ListConsumerGroupOffsets_destroy(request) } }
        let handle = handle
        return try answer(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, what, milliseconds, isStable: true) {
            rd_kafka_ListConsumerGroupOffsets(handle.pointer, &request, 1, $0, $1)
        } read: { event throws(KafkaError) in
            var count = 0
            guard let result = rd_kafka_event_ListConsumerGroupOffsets_result(event),
                let groups = rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count), count == 1,
                let answer = groups[0]
            else { throw handle.error(RD_KAFKA_RESP_ERR__FAIL, what) }
            if let failure = rd_kafka_group_result_error(answer) {
                let code = rd_kafka_error_code(failure)
                if code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND { return nil }
                throw handle.error(code, what, rd_kafka_error_string(failure).map { String(cString: $0) })
            }
            guard let found = rd_kafka_group_result_partitions(answer), found.pointee.cnt == 1 else {
                return nil
            }
            let element = found.pointee.elems[0]
            try handle.check(element.err, what)
            return element.offset >= 0 ? element.offset : nil
        }
    }

    // MARK: Topics

    func create(_ topic: KafkaNewTopic, milliseconds: Int) throws(KafkaError) {
        let what = "the topic \(topic.name) can't be created"
        var text = [CChar](repeating: 0, count: 256)
        guard
            var request = rd_kafka_NewTopic_new(
                topic.name, Int32(topic.partitions), Int32(topic.replicas ?? -1), &text, text.count)
        else { throw handle.error(RD_KAFKA_RESP_ERR__INVALID_ARG, what, KafkaHandle.text(text)) }
        defer { rd_kafka_NewTopic_destroy(request) }
        for (name, value) in topic.configuration.sorted(by: { $0.key < $1.key }) {
            try handle.check(rd_kafka_NewTopic_set_config(request, name, value), what)
        }
        let handle = handle
        try answer(RD_KAFKA_ADMIN_OP_CREATETOPICS, what, milliseconds) { options, queue in
            withUnsafeMutablePointer(to: &request) { pointer in
                pointer.withMemoryRebound(to: OpaquePointer?.self, capacity: 1) {
                    rd_kafka_CreateTopics(handle.pointer, $0, 1, options, queue)
                }
            }
        } read: { event throws(KafkaError) in
            var count = 0
            let results = rd_kafka_event_CreateTopics_result(event).flatMap {
                rd_kafka_CreateTopics_result_topics($0, &count)
            }
            try check(results, count, what)
        }
    }

    func delete(_ topic: String, milliseconds: Int) throws(KafkaError) {
        let what = "the topic \(topic) can't be deleted"
        var request = rd_kafka_DeleteTopic_new(topic)
        defer { if let request { rd_kafka_DeleteTopic_destroy(request) } }
        let handle = handle
        try answer(RD_KAFKA_ADMIN_OP_DELETETOPICS, what, milliseconds) {
            rd_kafka_DeleteTopics(handle.pointer, &request, 1, $0, $1)
        } read: { event throws(KafkaError) in
            var count = 0
            let results = rd_kafka_event_DeleteTopics_result(event).flatMap {
                rd_kafka_DeleteTopics_result_topics($0, &count)
            }
            try check(results, count, what)
        }
    }

    func addPartitions(_ topic: String, total: Int, milliseconds: Int) throws(KafkaError) {
        let what = "the topic \(topic) can't get more partitions"
        var text = [CChar](repeating: 0, count: 256)
        var request = rd_kafka_NewPartitions_new(topic, total, &text, text.count)
        if request == nil { throw handle.error(RD_KAFKA_RESP_ERR__INVALID_ARG, what, KafkaHandle.text(text)) }
        defer { if let request { rd_kafka_NewPartitions_destroy(request) } }
        let handle = handle
        try answer(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, what, milliseconds) {
            rd_kafka_CreatePartitions(handle.pointer, &request, 1, $0, $1)
        } read: { event throws(KafkaError) in
            var count = 0
            let results = rd_kafka_event_CreatePartitions_result(event).flatMap {
                rd_kafka_CreatePartitions_result_topics($0, &count)
            }
            try check(results, count, what)
        }
    }

    /// Name, value and whether that is the standard, of each property of a topic that has a value.
    func configuration(
        _ topic: String, milliseconds: Int
    ) throws(KafkaError) -> [KafkaTopic.Property] {
        let what = "the properties of topic \(topic) can't be looked up"
        var request = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
        defer { if let request { rd_kafka_ConfigResource_destroy(request) } }
        let handle = handle
        return try answer(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, what, milliseconds) {
            rd_kafka_DescribeConfigs(handle.pointer, &request, 1, $0, $1)
        } read: { event throws(KafkaError) in
            var count = 0
            guard let result = rd_kafka_event_DescribeConfigs_result(event),
                let resources = rd_kafka_DescribeConfigs_result_resources(result, &count), count == 1,
                let resource = resources[0]
            else { throw handle.error(RD_KAFKA_RESP_ERR__FAIL, what) }
            try handle.check(rd_kafka_ConfigResource_error(resource), what)
            var entries = 0
            guard let list = rd_kafka_ConfigResource_configs(resource, &entries) else { return [] }
            return (0..<entries).compactMap { index in
                guard let entry = list[index], let name = rd_kafka_ConfigEntry_name(entry),
                    let value = rd_kafka_ConfigEntry_value(entry)
                else { return nil }
                return KafkaTopic.Property(
                    name: String(cString: name), value: String(cString: value),
                    isStandard: rd_kafka_ConfigEntry_is_default(entry) != 0)
            }
        }
    }
}
