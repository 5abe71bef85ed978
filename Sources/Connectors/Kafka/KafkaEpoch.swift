import Broker
import Columnar
import Diagnostics
import Formats
import Kafka
import Runtime
import Synchronization

/// The rows or changes of one epoch on their way into a topic of a Kafka cluster.
///
/// Messages may be sent while the epoch is at work; where the transaction that they are in is taken back, all
/// of them are sent again when it has ended.
final class KafkaEpoch: SinkEpoch, @unchecked Sendable {
    /// Rows with the messages that they are.
    private struct Encoded: Sendable {
        let rows: TopicRows
        let pieces: [TopicRows.Piece]
        /// The number of the first message.
        let first: Int
        /// Where messages without a key go, of the first piece.
        let turn: Int

        var count: Int { pieces.reduce(0) { $0 + $1.messages.count } }
    }

    let number: Int64
    private let clock: Int64
    /// Shared with other epochs, of which one at a time is encoded.
    private let encoder: MessageEncoder
    private let writer: KafkaEpochWriter
    private let order: KafkaEpochOrder
    private let refused: RefusedMessages
    private let former: Int64?
    /// Rows that are not encoded yet, and whether there were any.
    private let waiting = Mutex((parts: [TopicRows](), hasRows: false))
    // Of whoever has the turn: the task's thread before the epoch's end, the one that commits it then.
    private var encoded: [Encoded] = []
    /// How many of them were handed over, in which transaction.
    private var handedOver = (parts: 0, transaction: 0)

    /// Messages that are encoded at a time while somebody waits.
    private static let aheadRows = 16_384

    /// - Parameter former: the last epoch with rows before this one.
    init(
        _ number: Int64, clock: Int64, _ encoder: MessageEncoder, _ writer: KafkaEpochWriter,
        _ order: KafkaEpochOrder, _ refused: RefusedMessages, former: Int64?
    ) {
        self.number = number
        self.clock = clock
        self.encoder = encoder
        self.writer = writer
        self.order = order
        self.refused = refused
        self.former = former
    }

    var hasRows: Bool { waiting.withLock { $0.hasRows } }

    var lastEpochWithRows: Int64? { hasRows ? number : former }

    func add(_ part: TopicRows) {
        waiting.withLock {
            $0.parts.append(part)
            $0.hasRows = true
        }
    }

    // MARK: Before its end

    /// Hands over what there is. Does not wait for the cluster: what it can't take now is left to the end.
    func sendAhead() {
        guard hasRows, writer.hasRoom(for: Self.aheadRows) else { return }
        encode(rows: Self.aheadRows)
        writer.sendAhead(epoch: number) { outlet throws(KafkaError) in try send(to: outlet) }
    }

    /// Forgets that anything was handed over, and has readers never see it.
    func takeBack() { writer.takeBack(epoch: number) }

    // MARK: After it

    func sendRest() throws(SinkError) {
        if hasRows { try deliver() }
    }

    func prepare() throws(SinkError) {}

    private func deliver() throws(SinkError) {
        try order.deliver(number) { () throws(SinkError) in
            encode()
            try writer.deliver(epoch: number) { outlet throws(KafkaError) in try send(to: outlet) }
        }
    }

    func commit(_ commit: SinkCommit) throws(SinkError) {
        guard hasRows else { return }
        // Unless nobody has done so yet, or its transaction was lost since.
        if !writer.isDelivered(epoch: number) { try deliver() }
        var refusals: [RefusedMessages.Refused] = []
        try writer.commit(epoch: number) { tooLarge throws(SinkError) in
            refusals = encoded.flatMap { part in part.pieces.flatMap { part.rows.refusals(of: $0) } }
            refusals += oversized(tooLarge)
            try refused.keep(refusals, epoch: number, clock: clock)
        }
        order.committed(number)
        refused.announce(refusals)
        encoded = []
    }

    // MARK: Messages

    /// Encodes what waits, or about as many rows of it.
    private func encode(rows limit: Int = .max) {
        let parts = waiting.withLock { waiting in
            var (count, rows) = (0, 0)
            while count < waiting.parts.count, rows < limit {
                rows += waiting.parts[count].count
                count += 1
            }
            defer { waiting.parts.removeFirst(count) }
            return Array(waiting.parts[..<count])
        }
        for part in parts {
            let last = encoded.last
            encoded.append(
                Encoded(
                    rows: part, pieces: part.encoded(by: encoder),
                    first: last.map { $0.first + $0.count } ?? 0,
                    // The same partitions when the epoch is run again.
                    turn: last.map { $0.turn + $0.pieces.count } ?? Int(truncatingIfNeeded: number)))
        }
    }

    /// Hands over what the outlet's transaction has not got yet.
    private func send(to outlet: KafkaEpochWriter.Outlet) throws(KafkaError) {
        if handedOver.transaction != outlet.transaction { handedOver = (0, outlet.transaction) }
        while handedOver.parts < encoded.count {
            try send(encoded[handedOver.parts], to: outlet)
            handedOver.parts += 1
        }
    }

    private func send(_ part: Encoded, to outlet: KafkaEpochWriter.Outlet) throws(KafkaError) {
        var message = part.first
        for (index, piece) in part.pieces.enumerated() {
            let messages = piece.messages
            let times = part.rows.times.int64s + piece.first
            let headers = part.rows.headers(of: piece)
            let turn = (part.turn + index) % outlet.partitionCount
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
        }
    }

    /// The rows of messages that the topic does not take.
    private func oversized(_ reasons: [Int: String]) -> [RefusedMessages.Refused] {
        guard !reasons.isEmpty else { return [] }
        var refusals: [RefusedMessages.Refused] = []
        for part in encoded {
            for (number, reason) in reasons.sorted(by: { $0.key < $1.key })
            where (part.first..<part.first + part.count).contains(number) {
                refusals.append(
                    .init(
                        values: part.rows.row(number - part.first),
                        reason: DecodeError(.recordTooLarge, "the record is not taken: \(reason)")))
            }
        }
        return refusals
    }
}
