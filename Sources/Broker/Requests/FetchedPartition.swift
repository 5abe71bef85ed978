/// A partition that a client reads on, between one fetch and the next.
///
/// Of one fetch at a time.
final class FetchedPartition: @unchecked Sendable {
    /// What a fetch names it by: the topic's name, or from version 13 on its id.
    struct Key: Hashable, Sendable {
        let topic: String
        let topicID: Identifier
        let partition: Int32
    }

    let key: Key
    var offset: Int64 = 0
    var maxBytes = 0
    var leaderEpoch: Int32 = -1

    /// Kept while no topic has changed.
    private var log: PartitionLog?
    private var revision: UInt64?
    private(set) var listeners: TopicListeners?
    /// Whether there was more to read the last time than was asked for: waiting brings nothing then.
    private(set) var hasMore = false

    // What the client was told last, for sessions.
    private var toldHighWatermark: Int64 = -1
    private var toldLogStart: Int64 = -1
    private var toldStable: Int64 = -2

    init(_ key: Key) { self.key = key }

    func take(_ partition: FetchRequest.FetchPartition) {
        offset = partition.fetchOffset
        maxBytes = Int(partition.partitionMaxBytes)
        leaderEpoch = partition.currentLeaderEpoch
    }

    /// Whether the answer says what the client does not know yet.
    func isNews(_ data: FetchResponse.PartitionData) -> Bool {
        defer {
            toldHighWatermark = data.highWatermark
            toldLogStart = data.logStartOffset
            toldStable = data.lastStableOffset
        }
        return data.errorCode != 0 || data.records?.isEmpty == false
            || data.highWatermark != toldHighWatermark
            || data.logStartOffset != toldLogStart || data.lastStableOffset != toldStable
    }

    private func resolve(_ topics: TopicCatalogue) -> ErrorCode? {
        let current = topics.revision
        if log != nil, revision == current { return nil }
        log = nil
        let byID = key.topicID != .zero
        guard let topic = byID ? topics.topic(key.topicID) : topics.topic(key.topic) else {
            return byID ? .unknownTopicID : .unknownTopicOrPartition
        }
        do throws(TopicError) {
            log = try topics.log(topic.identifier, Int(key.partition))
        } catch {
            return ErrorCode(error)
        }
        listeners = topics.listeners(topic.identifier)
        revision = current
        return nil
    }

    /// Reads from the offset on, `limit` bytes at most but one batch if `needsOne`.
    func read(
        _ topics: TopicCatalogue, _ isolation: PartitionLog.Isolation, limit: Int, needsOne: Bool
    ) -> FetchResponse.PartitionData {
        var data = FetchResponse.PartitionData()
        hasMore = false
        data.partitionIndex = key.partition
        data.highWatermark = -1
        data.abortedTransactions = isolation == .committed ? [] : nil
        if let code = resolve(topics) {
            data.errorCode = code.rawValue
            return data
        }
        guard let log else { return data }
        // All was written in the leader epoch 0.
        guard leaderEpoch <= 0 else {
            data.errorCode = ErrorCode.unknownLeaderEpoch.rawValue
            return data
        }
        do throws(LogError) {
            let bounds = log.bounds
            let end = isolation == .committed ? bounds.lastStable : bounds.highWatermark
            data.highWatermark = bounds.highWatermark
            data.lastStableOffset = bounds.lastStable
            data.logStartOffset = bounds.logStart
            // Most partitions have nothing new; and what is there may not fit any more.
            let isInside = offset >= bounds.logStart && offset <= bounds.logEnd
            if isInside, offset >= end || !needsOne && limit < RecordBatchHeader.byteCount {
                hasMore = offset < end
                return data
            }
            let fetched = try log.fetch(
                from: offset, maxBytes: min(limit, maxBytes), isolation: isolation, alwaysOne: needsOne)
            data.highWatermark = fetched.bounds.highWatermark
            data.lastStableOffset = fetched.bounds.lastStable
            data.logStartOffset = fetched.bounds.logStart
            data.records = fetched.bytes
            hasMore = fetched.nextOffset < end
            if isolation == .committed {
                data.abortedTransactions = fetched.aborted.map {
                    var aborted = FetchResponse.AbortedTransaction()
                    aborted.producerID = $0.producerID
                    aborted.firstOffset = $0.firstOffset
                    return aborted
                }
            }
        } catch .offsetOutOfRange {
            data.errorCode = ErrorCode.offsetOutOfRange.rawValue
            data.highWatermark = -1
            data.lastStableOffset = -1
        } catch {
            // A topic that is being deleted.
            revision = nil
            data.errorCode = (resolve(topics) ?? ErrorCode(error)).rawValue
        }
        return data
    }
}
