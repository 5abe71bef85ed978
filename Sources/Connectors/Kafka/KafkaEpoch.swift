import Broker
import Columnar
import Diagnostics
import Formats
import Kafka
import Runtime
import Synchronization

/// The rows or changes of one epoch on their way into a topic of a Kafka cluster.
final class KafkaEpoch: SinkEpoch, @unchecked Sendable {
    /// Rows with the messages that they are.
    private struct Encoded: Sendable {
        let rows: TopicRows
        let pieces: [TopicRows.Piece]
    }

    private struct Content {
        /// Empty once they are prepared.
        var parts: [TopicRows]
        /// nil before they are prepared, and once they are committed.
        var encoded: [Encoded]?
        var refusals: [RefusedMessages.Refused] = []
    }

    let lastEpochWithRows: Int64?
    private let number: Int64
    private let clock: Int64
    /// Shared with other epochs, of which one is prepared at a time.
    private let encoder: MessageEncoder
    private let writer: KafkaEpochWriter
    private let refused: RefusedMessages
    private let content: Mutex<Content>

    init(
        _ number: Int64, clock: Int64, _ parts: [TopicRows], _ encoder: MessageEncoder,
        _ writer: KafkaEpochWriter, _ refused: RefusedMessages, lastEpochWithRows: Int64?
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
        let encoded = parts.map { Encoded(rows: $0, pieces: $0.encoded(by: encoder)) }
        let refusals = encoded.flatMap { part in part.pieces.flatMap { part.rows.refusals(of: $0) } }
        content.withLock { $0 = Content(parts: [], encoded: encoded, refusals: refusals) }
    }

    func commit(_ commit: SinkCommit) throws(SinkError) {
        let content = content.withLock { $0 }
        guard let encoded = content.encoded else { return }
        var refusals = content.refusals
        try writer.append(epoch: number) { outlet throws(KafkaError) in
            try send(encoded, to: outlet)
        } beforeCommit: { tooLarge throws(SinkError) in
            refusals = content.refusals + oversized(tooLarge, in: encoded)
            try refused.keep(refusals, epoch: number, clock: clock)
        }
        refused.announce(refusals)
        self.content.withLock { $0 = Content(parts: []) }
    }

    private func send(_ encoded: [Encoded], to outlet: KafkaEpochWriter.Outlet) throws(KafkaError) {
        var message = 0
        // The same partition when the epoch is run again.
        var turn = Int(number % Int64(outlet.partitionCount))
        for part in encoded {
            for piece in part.pieces {
                let messages = piece.messages
                let times = part.rows.times.int64s + piece.first
                let headers = part.rows.headers(of: piece)
                var refusals = messages.refusals.map(\.row)[...]
                for row in 0..<messages.count {
                    defer { message += 1 }
                    if refusals.first == row {
                        refusals.removeFirst()
                        continue
                    }
                    let key = messages.keyBytes(row)
                    try outlet.send(
                        message, key: key, value: messages.valueBytes(row), timestamp: times[row],
                        partition: key.map {
                            KafkaPartitioner.partition(of: $0, among: outlet.partitionCount)
                        } ?? turn, headers: headers.isEmpty ? [] : headers[row].map { ($0.name, $0.value) })
                }
                turn = (turn + 1) % outlet.partitionCount
            }
        }
    }

    /// The rows of messages that the topic does not take.
    private func oversized(
        _ reasons: [Int: String], in encoded: [Encoded]
    ) -> [RefusedMessages.Refused] {
        guard !reasons.isEmpty else { return [] }
        var refusals: [RefusedMessages.Refused] = []
        var first = 0
        for part in encoded {
            for piece in part.pieces {
                for (number, reason) in reasons.sorted(by: { $0.key < $1.key })
                where (first..<first + piece.messages.count).contains(number) {
                    refusals.append(
                        .init(
                            values: part.rows.row(piece.first + number - first),
                            reason: DecodeError(.recordTooLarge, "the record is not taken: \(reason)")))
                }
                first += piece.messages.count
            }
        }
        return refusals
    }
}
