import Broker
import Columnar
import Diagnostics
import Formats
import Runtime
import Synchronization

/// The rows or changes of one epoch on their way into a topic.
final class TopicEpoch: SinkEpoch, @unchecked Sendable {
    /// Rows as the operators gave them.
    struct Part: Sendable {
        /// In the relation's layout.
        let columns: [Column]
        let count: Int
        /// Rows that have a value; nil is all.
        let presence: Bitmap?
        /// BIGINT, milliseconds since the epoch.
        let times: Column
        let windows: (starts: Column, ends: Column)?
        /// What the messages pass on; nil where none has any.
        let headers: Column?
    }

    let lastEpochWithRows: Int64?
    private let number: Int64
    private let clock: Int64
    /// Shared with other epochs, of which one is prepared at a time.
    private let encoder: MessageEncoder
    private let writer: TopicWriter
    private let refused: RefusedMessages

    private struct Content {
        /// Empty once they are prepared.
        var parts: [Part]
        /// nil before they are prepared, and once they are committed.
        var records: TopicRecords?
        var refusals: [RefusedMessages.Refused] = []
    }
    private let content: Mutex<Content>

    /// Rows that are encoded together.
    private static let pieceRows = 16_384

    init(
        _ number: Int64, clock: Int64, _ parts: [Part], _ encoder: MessageEncoder, _ writer: TopicWriter,
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
            let rows = encoder.rows(
                part.columns, count: part.count, presence: part.presence, windows: part.windows)
            for first in stride(from: 0, to: part.count, by: Self.pieceRows) {
                let range = first..<min(first + Self.pieceRows, part.count)
                let messages = encoder.encode(rows, range)
                messages.add(
                    to: &records, timestamps: part.times.int64s + first, headers: part.headers(of: range),
                    keyless: keyless)
                for refusal in messages.refusals {
                    refusals.append(.init(values: part.row(first + refusal.row), reason: refusal.reason))
                }
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

extension TopicEpoch.Part {
    /// By row; empty where none has any.
    fileprivate func headers(of rows: Range<Int>) -> [[TopicRecord.Header]] {
        guard let headers else { return [] }
        return rows.map { headers.messageHeaders(at: $0).map { TopicRecord.Header($0.name, $0.value) } }
    }

    func row(_ index: Int) -> [Value] {
        columns.filter { $0.count == count }.map { $0.value(at: index) }
    }
}
