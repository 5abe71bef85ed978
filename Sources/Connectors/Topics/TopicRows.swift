import Columnar
import Formats
import Planning
import Runtime

/// Rows or changes of a relation, as the operators gave them, on their way into a topic.
struct TopicRows: Sendable {
    /// In the relation's layout.
    let columns: [Column]
    let count: Int
    /// Rows that have a value; nil is all.
    let presence: Bitmap?
    /// BIGINT, milliseconds since the epoch.
    let times: Column
    let windows: (starts: Column, ends: Column)?
    /// What the messages pass on; nil where none has any.
    private let headers: Column?

    /// Some of the rows as messages.
    struct Piece: Sendable {
        let messages: EncodedMessages
        /// The row of the first message.
        let first: Int
    }

    /// Rows that are encoded together.
    private static let pieceRows = 16_384

    init(_ rows: StreamRows, of relation: Relation) {
        columns = rows.columns
        count = rows.count
        presence = rows.valuePresence
        times = rows.eventTimes
        windows = Self.windows(rows.columns, relation)
        headers = rows.headers
    }

    init(_ changes: ChangeBatch, of relation: Relation) {
        columns = changes.new
        count = changes.count
        presence = changes.newPresence
        times = changes.new[relation.position(of: .rowTime)]
        windows = Self.windows(changes.new, relation)
        headers = changes.headers
    }

    private static func windows(
        _ columns: [Column], _ relation: Relation
    ) -> (starts: Column, ends: Column)? {
        guard relation.windowing != nil else { return nil }
        return (columns[relation.position(of: .windowStart)], columns[relation.position(of: .windowEnd)])
    }

    func encoded(by encoder: MessageEncoder) -> [Piece] {
        let rows = encoder.rows(columns, count: count, presence: presence, windows: windows)
        return stride(from: 0, to: count, by: Self.pieceRows).map { first in
            let range = first..<min(first + Self.pieceRows, count)
            return Piece(messages: encoder.encode(rows, range), first: first)
        }
    }

    /// Of each row of a piece; empty where none has any.
    func headers(of piece: Piece) -> [[MessageHeader]] {
        guard let headers else { return [] }
        return (0..<piece.messages.count).map { headers.messageHeaders(at: piece.first + $0) }
    }

    /// The rows that are no messages.
    func refusals(of piece: Piece) -> [RefusedMessages.Refused] {
        piece.messages.refusals.map { .init(values: row(piece.first + $0.row), reason: $0.reason) }
    }

    func row(_ index: Int) -> [Value] {
        columns.filter { $0.count == count }.map { $0.value(at: index) }
    }
}
