import Broker
import Diagnostics
import Runtime
import Synchronization

/// The rows or changes of one epoch on their way into a topic.
final class TopicEpoch: SinkEpoch, @unchecked Sendable {
    let lastEpochWithRows: Int64?
    private let number: Int64
    private let clock: Int64
    /// Shared with other epochs, of which one is prepared at a time.
    private let encoder: MessageEncoder
    private let writer: TopicWriter
    private let refused: RefusedMessages

    private struct Content {
        /// Empty once they are prepared.
        var parts: [TopicRows]
        /// nil before they are prepared, and once they are committed.
        var records: TopicRecords?
        var refusals: [RefusedMessages.Refused] = []
    }
    private let content: Mutex<Content>

    init(
        _ number: Int64, clock: Int64, _ parts: [TopicRows], _ encoder: MessageEncoder, _ writer: TopicWriter,
        _ refused: RefusedMessages, lastEpochWithRows: Int64?
    ) {
        self.number = number
        self.clock = clock
        self.encoder = encoder
        self.writer = writer
        self.refused = refused
        self.lastEpochWithRows = lastEpochWithRows
        content = Mutex(Content(parts: parts))
    }

    func prepare() throws(SinkError) {
        let parts = content.withLock { $0.parts }
        guard !parts.isEmpty else { return }
        var records = TopicRecords(partitionCount: writer.topic.partitionCount)
        var refusals: [RefusedMessages.Refused] = []
        // The same one when the epoch is run again.
        let keyless = Int(number % Int64(writer.topic.partitionCount))
        for part in parts {
            for piece in part.encoded(by: encoder) {
                piece.messages.add(
                    to: &records, timestamps: part.times.int64s + piece.first,
                    headers: part.headers(of: piece).map { $0.map { TopicRecord.Header($0.name, $0.value) } },
                    keyless: keyless)
                refusals += part.refusals(of: piece)
            }
        }
        content.withLock { $0 = Content(parts: [], records: records, refusals: refusals) }
    }

    func commit(_ commit: SinkCommit) throws(SinkError) {
        let content = content.withLock { $0 }
        guard let records = content.records else { return }
        try refused.keep(content.refusals, epoch: number, clock: clock)
        try TopicSink.attempting { () throws(TopicStoreError) in
            try writer.append(records, epoch: number)
        }
        refused.announce(content.refusals)
        self.content.withLock { $0 = Content(parts: []) }
    }
}
