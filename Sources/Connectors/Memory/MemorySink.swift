import Columnar
import Diagnostics
import Planning
import Runtime
import Synchronization

/// Keeps what a relation gives in memory, whole epochs at a time: for tests and for whoever embeds the
/// runtime.
public final class MemorySink: Sink {
    /// One row or change, with its window if it has one.
    public struct Record: Sendable, Equatable {
        /// Key columns first. NULL values of a deletion.
        public let values: [Value]
        public let eventTime: Int64
        public let windowStart: Int64?
        public let windowEnd: Int64?
        /// A tombstone: the key's row is gone.
        public let isDeletion: Bool
        /// What its message passes on.
        public let headers: [MessageHeader]

        public init(
            values: [Value], eventTime: Int64, windowStart: Int64?, windowEnd: Int64?, isDeletion: Bool,
            headers: [MessageHeader] = []
        ) {
            self.values = values
            self.eventTime = eventTime
            self.windowStart = windowStart
            self.windowEnd = windowEnd
            self.isDeletion = isDeletion
            self.headers = headers
        }

        /// A row without a window.
        public init(row: [Value], eventTime: Int64) {
            self.init(values: row, eventTime: eventTime, windowStart: nil, windowEnd: nil, isDeletion: false)
        }
    }

    private struct Held {
        var pending: [Record] = []
        var committed: [Record] = []
        var committedEpoch: Int64 = 0
        var lastEpoch: Int64?
        var openEpoch: Int64 = 0
    }

    public let name: String
    private let held = Mutex(Held())

    public init(name: String) { self.name = name }

    /// Everything of committed epochs, in order.
    public var records: [Record] { held.withLock { $0.committed } }

    public func open(
        _ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64
    ) throws(SinkError) {}

    public func begin(epoch: Int64, clock: Int64) throws(SinkError) {
        held.withLock {
            $0.pending.removeAll()
            $0.openEpoch = epoch
        }
    }

    public func write(_ rows: StreamRows) {
        let width = rows.relation.columns.count
        let isWindowed = rows.relation.windowing != nil
        func bound(_ pseudo: PseudoColumn, _ row: Int) -> Int64? {
            let column = rows.columns[rows.relation.position(of: pseudo)]
            return isWindowed && column.count == rows.count ? column.int64s[row] : nil
        }
        let made = (0..<rows.count).map { row in
            Record(
                values: rows.columns[..<width].map { $0.value(at: row) },
                eventTime: rows.eventTimes.int64s[row],
                windowStart: bound(.windowStart, row), windowEnd: bound(.windowEnd, row),
                isDeletion: rows.valuePresence.map { !$0[row] } ?? false,
                headers: rows.headers?.messageHeaders(at: row) ?? [])
        }
        held.withLock { $0.pending += made }
    }

    public func write(_ changes: ChangeBatch) {
        let relation = changes.relation
        let width = relation.columns.count
        func number(_ pseudo: PseudoColumn, _ row: Int) -> Int64? {
            let column = changes.new[relation.position(of: pseudo)]
            return column.count == changes.count ? column.int64s[row] : nil
        }
        let made = (0..<changes.count).map { row in
            let isPresent = changes.isPresent(row)
            let values = (0..<width).map { column in
                isPresent || column < relation.keyCount ? changes.new[column].value(at: row) : .null
            }
            let isWindowed = relation.windowing != nil
            return Record(
                values: values, eventTime: number(.rowTime, row) ?? 0,
                windowStart: isWindowed ? number(.windowStart, row) : nil,
                windowEnd: isWindowed ? number(.windowEnd, row) : nil,
                isDeletion: !isPresent, headers: changes.headers?.messageHeaders(at: row) ?? [])
        }
        held.withLock { $0.pending += made }
    }

    public func end() -> any SinkEpoch {
        held.withLock { held in
            if !held.pending.isEmpty { held.lastEpoch = held.openEpoch }
            defer { held.pending = [] }
            return Epoch(
                sink: self, number: held.openEpoch, records: held.pending, lastEpochWithRows: held.lastEpoch)
        }
    }

    public func maintain() throws(SinkError) {}

    private final class Epoch: SinkEpoch {
        let lastEpochWithRows: Int64?
        private let sink: MemorySink
        private let number: Int64
        private let records: [Record]

        init(sink: MemorySink, number: Int64, records: [Record], lastEpochWithRows: Int64?) {
            self.sink = sink
            self.number = number
            self.records = records
            self.lastEpochWithRows = lastEpochWithRows
        }

        func prepare() throws(SinkError) {}

        func commit(_ commit: SinkCommit) throws(SinkError) {
            sink.held.withLock {
                guard number > $0.committedEpoch else { return }
                $0.committed += records
                $0.committedEpoch = number
            }
        }
    }
}
