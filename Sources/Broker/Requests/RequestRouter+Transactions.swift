/// InitProducerId, transactions, and what is told of them.
extension RequestRouter {
    func initProducerID(_ request: InitProducerIdRequest, _ call: Call) {
        let answer: @Sendable (TransactionCoordinator.Producer) -> Void = { producer in
            var response = InitProducerIdResponse()
            response.errorCode = RequestRouter.told(producer.code, call, fencedFrom: 4).rawValue
            response.producerID = producer.identifier
            response.producerEpoch = producer.epoch
            call.answer(response)
        }
        guard let name = request.transactionalID else {
            do throws(LogError) {
                answer(.init(identifier: try transactions.newProducerID(), epoch: 0))
            } catch {
                answer(.init(code: ErrorCode(error)))
            }
            return
        }
        guard !name.isEmpty else { return answer(.init(code: .invalidRequest)) }
        guard (1...TransactionCoordinator.longestTimeoutMilliseconds).contains(request.transactionTimeoutMs)
        else { return answer(.init(code: .invalidTransactionTimeout)) }
        let isKnown = request.producerID >= 0
        transactions.begin(
            name,
            expected: isKnown ? .init(producerID: request.producerID, epoch: request.producerEpoch) : nil,
            timeoutMilliseconds: request.transactionTimeoutMs, answer)
    }

    /// `PRODUCER_FENCED` came later than the requests that answer with it (KIP-588).
    private static func told(_ code: ErrorCode, _ call: Call, fencedFrom version: Int16) -> ErrorCode {
        code == .producerFenced && call.version < version ? .invalidProducerEpoch : code
    }

    // MARK: Parts of a transaction

    func addPartitionsToTransaction(_ request: AddPartitionsToTxnRequest, _ call: Call) {
        guard call.version < 4 else { return addPartitions(request, call) }
        add(
            request.v3AndBelowTopics, to: request.v3AndBelowTransactionalID,
            producerID: request.v3AndBelowProducerID, epoch: request.v3AndBelowProducerEpoch, call
        ) {
            var response = AddPartitionsToTxnResponse()
            response.resultsByTopicV3AndBelow = $0
            call.answer(response)
        }
    }

    /// Several transactions at once: that is for other brokers, which there are none of, but it is answered.
    private func addPartitions(_ request: AddPartitionsToTxnRequest, _ call: Call) {
        var response = AddPartitionsToTxnResponse()
        response.resultsByTransaction = request.transactions.map { transaction in
            var result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult()
            result.transactionalID = transaction.transactionalID
            result.topicResults = AddedPartitions(transaction.topics, topics).results { partition in
                guard transaction.verifyOnly else { return .invalidRequest }
                return transactions.refusal(
                    producerID: transaction.producerID, epoch: transaction.producerEpoch, partition) ?? .none
            }
            return result
        }
        call.answer(response)
    }

    private func add(
        _ asked: [AddPartitionsToTxnRequest.AddPartitionsToTxnTopic], to name: String, producerID: Int64,
        epoch: Int16, _ call: Call,
        _ done: @escaping @Sendable ([AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult]) -> Void
    ) {
        let added = AddedPartitions(asked, topics)
        // All or none.
        guard added.missing.isEmpty else {
            return done(
                added.results { added.missing.contains($0) ? .unknownTopicOrPartition : .notAttempted })
        }
        transactions.add(added.partitions, to: name, producerID: producerID, epoch: epoch) { code in
            let told = RequestRouter.told(code, call, fencedFrom: 2)
            done(added.results { _ in told })
        }
    }

    func addOffsetsToTransaction(_ request: AddOffsetsToTxnRequest, _ call: Call) {
        let partition = TopicPartition(topic: GroupCoordinator.topicName, partition: 0)
        transactions.add(
            [partition], to: request.transactionalID, producerID: request.producerID,
            epoch: request.producerEpoch
        ) { code in
            var response = AddOffsetsToTxnResponse()
            response.errorCode = RequestRouter.told(code, call, fencedFrom: 2).rawValue
            call.answer(response)
        }
    }

    func transactionOffsetCommit(_ request: TxnOffsetCommitRequest, _ call: Call) {
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
            var response = TxnOffsetCommitResponse()
            response.topics = commit.results(code).map { name, partitions in
                var entry = TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic()
                entry.name = name
                entry.partitions = partitions.map { index, code in
                    var partition = TxnOffsetCommitResponse.TxnOffsetCommitResponsePartition()
                    partition.partitionIndex = index
                    partition.errorCode = code
                    return partition
                }
                return entry
            }
            call.answer(response)
        }
        let partition = TopicPartition(topic: GroupCoordinator.topicName, partition: 0)
        groups.commit(
            request.groupID, commit.taken, producer: (request.producerID, request.producerEpoch),
            check: { group, now in
                // Under the lock under which the transaction's mark is written: it must not come in between.
                let refusal = transactions.refusal(
                    producerID: request.producerID, epoch: request.producerEpoch, partition)
                if let refusal { return refusal }
                // Producers before version 3 do not say for which member they commit.
                if request.generationID < 0, request.memberID.isEmpty, request.groupInstanceID == nil {
                    return nil
                }
                return group.mayCommit(
                    request.memberID, request.groupInstanceID, request.generationID, now: now)
            }
        ) { [transactions] code in
            guard code == .none else { return answer(code) }
            transactions.whenAdditionsAreDurable(request.producerID) { failure in
                answer(failure.map { ErrorCode($0) } ?? .none)
            }
        }
    }

    func endTransaction(_ request: EndTxnRequest, _ call: Call) {
        transactions.end(
            request.transactionalID, isCommit: request.committed, producerID: request.producerID,
            epoch: request.producerEpoch
        ) { code in
            var response = EndTxnResponse()
            response.errorCode = RequestRouter.told(code, call, fencedFrom: 2).rawValue
            call.answer(response)
        }
    }

    /// Marks are the coordinator's: nobody else may write them.
    func refuseMarkers(_ request: WriteTxnMarkersRequest, _ call: Call) {
        var response = WriteTxnMarkersResponse()
        response.markers = request.markers.map { marker in
            var result = WriteTxnMarkersResponse.WritableTxnMarkerResult()
            result.producerID = marker.producerID
            result.topics = marker.topics.map { topic in
                var entry = WriteTxnMarkersResponse.WritableTxnMarkerTopicResult()
                entry.name = topic.name
                entry.partitions = topic.partitionIndexes.map {
                    var partition = WriteTxnMarkersResponse.WritableTxnMarkerPartitionResult()
                    partition.partitionIndex = $0
                    partition.errorCode = ErrorCode.clusterAuthorizationFailed.rawValue
                    return partition
                }
                return entry
            }
            return result
        }
        call.answer(response)
    }

    // MARK: Looking

    func listTransactions(_ request: ListTransactionsRequest, _ call: Call) {
        var response = ListTransactionsResponse()
        let known = Set(Transaction.State.allCases.map(\.name))
        response.unknownStateFilters = request.stateFilters.filter { !known.contains($0) }
        let now = clock()
        response.transactionStates = transactions.all.compactMap { transaction in
            let isWanted =
                (request.stateFilters.isEmpty || request.stateFilters.contains(transaction.state.name))
                && (request.producerIDFilters.isEmpty
                    || request.producerIDFilters.contains(transaction.producerID))
                && (request.durationFilter < 0
                    || transaction.startedAt >= 0 && now - transaction.startedAt > request.durationFilter)
            guard isWanted else { return nil }
            var entry = ListTransactionsResponse.TransactionState()
            entry.transactionalID = transaction.name
            entry.producerID = transaction.producerID
            entry.transactionState = transaction.state.name
            return entry
        }
        call.answer(response)
    }

    func describeTransactions(_ request: DescribeTransactionsRequest, _ call: Call) {
        var response = DescribeTransactionsResponse()
        response.transactionStates = request.transactionalIDs.map { name in
            var entry = DescribeTransactionsResponse.TransactionState()
            entry.transactionalID = name
            guard let transaction = transactions.transaction(name) else {
                entry.errorCode = ErrorCode.transactionalIDNotFound.rawValue
                return entry
            }
            entry.transactionState = transaction.state.name
            entry.transactionTimeoutMs = transaction.timeoutMilliseconds
            entry.transactionStartTimeMs = transaction.startedAt
            entry.producerID = transaction.producerID
            entry.producerEpoch = transaction.epoch
            let byTopic = Dictionary(grouping: transaction.partitions, by: \.topic)
            entry.topics = byTopic.sorted { $0.key < $1.key }.map {
                var topic = DescribeTransactionsResponse.TopicData()
                topic.topic = $0.key
                topic.partitions = $0.value.map(\.partition).sorted()
                return topic
            }
            return entry
        }
        call.answer(response)
    }

    func describeProducers(_ request: DescribeProducersRequest, _ call: Call) {
        var response = DescribeProducersResponse()
        response.topics = request.topics.map { topic in
            var entry = DescribeProducersResponse.TopicResponse()
            entry.name = topic.name
            entry.partitions = topic.partitionIndexes.map { producers(of: topic.name, $0) }
            return entry
        }
        call.answer(response)
    }

    private func producers(
        of topic: String, _ index: Int32
    ) -> DescribeProducersResponse.PartitionResponse {
        var partition = DescribeProducersResponse.PartitionResponse()
        partition.partitionIndex = index
        do throws(TopicError) {
            let log = try topics.log(topic, Int(index))
            partition.activeProducers = log.producers.producers.sorted { $0.key < $1.key }.map {
                var state = DescribeProducersResponse.ProducerState()
                state.producerID = $0.key
                state.producerEpoch = Int32($0.value.epoch)
                state.lastSequence = $0.value.batches.last?.lastSequence ?? -1
                state.lastTimestamp = $0.value.lastTimestamp
                state.coordinatorEpoch = $0.value.coordinatorEpoch
                state.currentTxnStartOffset = $0.value.transactionOffset ?? -1
                return state
            }
        } catch {
            partition.errorCode = ErrorCode(error).rawValue
            partition.errorMessage = error.message
        }
        return partition
    }
}
