/// Reads one topic: exactly this one, and none that has its name after it.
///
/// Readers see whole epochs of writers, and records as soon as they are durable (or at once, where the topic
/// is written lazily). Safe to use from any thread.
public final class TopicReader: Sendable {
    public let topic: TopicDescription
    private let catalogue: TopicCatalogue

    init(_ topic: TopicDescription, _ catalogue: TopicCatalogue) {
        self.topic = topic
        self.catalogue = catalogue
    }

    private func withLog<Answer>(
        _ partition: Int, _ body: (PartitionLog) throws(LogError) -> Answer
    ) throws(TopicStoreError) -> Answer {
        let log: PartitionLog
        do throws(TopicError) {
            log = try catalogue.log(topic.identity.identifier, partition)
        } catch {
            if case .unknown = error { throw .unknown(topic.name) }
            throw TopicStoreError(error)
        }
        do throws(LogError) {
            return try body(log)
        } catch {
            // Its files go while it is being read.
            if catalogue.topic(topic.identity.identifier) == nil { throw .unknown(topic.name) }
            throw TopicStoreError(error)
        }
    }

    public func bounds(_ partition: Int) throws(TopicStoreError) -> TopicBounds {
        try withLog(partition) { log throws(LogError) in
            let bounds = log.bounds
            return TopicBounds(start: bounds.logStart, end: bounds.lastStable, byteCount: log.byteCount)
        }
    }

    /// What is there from an offset on, up to `maximumBytes` but one record at least if there is any.
    ///
    /// Throws `outOfRange` for an offset that was deleted, or is beyond the end.
    public func extent(
        _ partition: Int, from offset: Int64, maximumBytes: Int
    ) throws(TopicStoreError) -> TopicExtent {
        try withLog(partition) { log throws(LogError) in
            let extent = try log.extent(from: offset, maxBytes: maximumBytes)
            return TopicExtent(
                nextOffset: extent.nextOffset, byteCount: extent.byteCount, recordCount: extent.recordCount)
        }
    }

    /// Reads about `maximumBytes` from an offset on, a batch at least if there is one; none from `end` on.
    public func read(
        _ partition: Int, from offset: Int64, upTo end: Int64 = .max, maximumBytes: Int
    ) throws(TopicStoreError) -> FetchedRecords {
        let fetched = try withLog(partition) { log throws(LogError) in
            try log.fetch(from: offset, maxBytes: maximumBytes, isolation: .committed)
        }
        do throws(RecordError) {
            return try FetchedRecords(fetched, from: offset, upTo: end)
        } catch {
            throw .corrupt(
                reason: "\(topic.name), partition \(partition), from offset \(offset): \(error.description)")
        }
    }

    /// The first record of a time or a later one; nil where all are earlier.
    public func firstOffset(_ partition: Int, atOrAfter time: Int64) throws(TopicStoreError) -> Int64? {
        try withLog(partition) { log throws(LogError) in
            try log.firstOffset(atOrAfter: time, isolation: .committed)?.offset
        }
    }

    /// Calls `listener` after each append that readers can see, and when the topic is deleted.
    ///
    /// It is called by the thread that appends, so it must neither block nor append.
    public func onInput(_ listener: @escaping @Sendable () -> Void) -> TopicSubscription {
        TopicSubscription(catalogue.listeners(topic.identity.identifier), listener)
    }
}
