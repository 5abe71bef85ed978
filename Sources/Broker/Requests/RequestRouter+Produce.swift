extension RequestRouter {
    /// Appends records; the next request of the connection may come before they are durable.
    func produce(_ request: ProduceRequest, _ call: Call) -> Bool {
        let production = Production(call, acks: request.acks)
        guard (-1...1).contains(request.acks) else {
            for topic in request.topicData {
                for partition in topic.partitionData {
                    production.add(
                        topic, .init(partition.index, .invalidRequiredAcks, "acks = \(request.acks)"))
                }
            }
            production.finish()
            return true
        }
        let now = clock()
        for topic in request.topicData {
            let found = call.version >= 13 ? topics.topic(topic.topicID) : topics.topic(topic.name)
            for partition in topic.partitionData {
                produce(partition, to: found, topic, production, request.transactionalID, now)
            }
        }
        production.finish()
        return true
    }

    private func produce(
        _ partition: ProduceRequest.PartitionProduceData, to found: Topic?,
        _ topic: ProduceRequest.TopicProduceData, _ production: Production, _ transactionalID: String?,
        _ now: Int64
    ) {
        let index = partition.index
        guard let found, index >= 0, index < found.partitionCount else {
            let code =
                production.call.version >= 13 && found == nil
                ? ErrorCode.unknownTopicID : .unknownTopicOrPartition
            return production.add(topic, .init(index, code, nil))
        }
        guard !RequestRouter.isInternal(found.name) else {
            return production.add(topic, .init(index, .invalidTopic, "the topic is the broker's own"))
        }
        guard let records = partition.records, !records.isEmpty else {
            return production.add(topic, .init(index, .invalidRecord, "no records"))
        }
        if production.call.version >= 3, records.count > 16, records[16] < 2 {
            return production.add(
                topic,
                .init(index, .invalidRecord, "an old message format in a request of version 3 or later"))
        }
        let log: PartitionLog
        do throws(TopicError) {
            log = try topics.log(found.identifier, Int(index))
        } catch {
            return production.add(topic, .init(index, ErrorCode(error), error.message))
        }
        var transactor: Int64?
        do throws(LogError) {
            let appended = try log.append(records, now: now, waits: false) { header throws(LogError) in
                if header.attributes.isTransactional { transactor = header.producerID }
                try transactions.check(header, TopicPartition(topic: found.name, partition: index))
            }
            let isSettled = log.isSettled(upTo: appended.lastOffset + 1)
            var result = Production.Result(index, .none, nil)
            result.baseOffset = appended.baseOffset
            result.logAppendTime = appended.logAppendTime
            result.logStartOffset = appended.logStartOffset
            production.add(topic, result)
            if log.isFlushDue(now: now) { flusher.flush(log) }
            if let transactor, production.acks == -1 {
                let place = production.expectFlush()
                transactions.whenAdditionsAreDurable(transactor) { production.flushed(place, $0) }
            }
            guard !isSettled else { return }
            if production.acks == -1 {
                let place = production.expectFlush()
                flusher.flush(log) { production.flushed(place, $0) }
            } else {
                flusher.flush(log)
            }
        } catch {
            production.add(topic, .init(index, ErrorCode(error), error.message))
        }
    }
}
