import Columnar
import Connectors
import Planning

/// Records of a relation as columns, for queries that are answered from them.
struct HeldRecords {
    let relation: Relation
    let records: [MemorySink.Record]

    /// Every record, in order; a stream's records without a value are none.
    init(changesOf relation: Relation, _ records: [MemorySink.Record]) {
        self.relation = relation
        self.records = relation.kind == .table ? records : records.filter { !$0.isDeletion }
    }

    /// The latest row of each key and window, by the bytes of their keys.
    init(rowsOf relation: Relation, _ records: [MemorySink.Record], _ codec: TopicCodec?) {
        self.relation = relation
        var latest: [[Value]: MemorySink.Record] = [:]
        for record in records {
            let key = Self.key(record, relation)
            latest[key] = record.isDeletion ? nil : record
        }
        let keyed = latest.values.map { record in
            (codec?.message(record.values, eventTime: 0).key ?? [], record)
        }
        self.records = keyed.sorted { left, right in
            if left.0 != right.0 { return left.0.lexicographicallyPrecedes(right.0) }
            return (left.1.windowStart ?? 0, left.1.windowEnd ?? 0)
                < (right.1.windowStart ?? 0, right.1.windowEnd ?? 0)
        }.map(\.1)
    }

    private static func key(_ record: MemorySink.Record, _ relation: Relation) -> [Value] {
        record.values[..<relation.keyCount] + [
            .bigint(record.windowStart ?? 0), .bigint(record.windowEnd ?? 0),
        ]
    }

    /// The relation's columns and behind them its pseudo-columns.
    var columns: [Column] {
        let own = relation.columns.enumerated().map { position, column in
            Self.column(column.type, records.map { position < $0.values.count ? $0.values[position] : .null })
        }
        return own
            + PseudoColumn.allCases.map { pseudo in
                Self.column(pseudo.type, records.map { Self.value(of: pseudo, in: $0) })
            }
    }

    private static func column(_ type: DataType, _ values: [Value]) -> Column {
        let builder = ColumnBuilder(type: type)
        for value in values { builder.append(value) }
        return builder.finish()
    }

    private static func value(of pseudo: PseudoColumn, in record: MemorySink.Record) -> Value {
        switch pseudo {
        case .rowTime: return .bigint(record.eventTime)
        case .windowStart: return record.windowStart.map { .bigint($0) } ?? .null
        case .windowEnd: return record.windowEnd.map { .bigint($0) } ?? .null
        // There is one partition.
        case .rowPartition: return .integer(0)
        default: return .null
        }
    }
}
