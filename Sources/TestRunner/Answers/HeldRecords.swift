import Columnar
import Connectors
import Planning

/// Records of a relation as columns, for queries that are answered from them.
struct HeldRecords {
    let relation: Relation
    let records: [MemorySink.Record]

    /// Every record, in order.
    init(changesOf relation: Relation, _ records: [MemorySink.Record]) {
        self.relation = relation
        self.records = records
    }

    /// The latest row of each key and window, in their order.
    init(rowsOf relation: Relation, _ records: [MemorySink.Record]) {
        self.relation = relation
        var latest: [[Value]: MemorySink.Record] = [:]
        for record in records {
            let key = Self.key(record, relation)
            latest[key] = record.isDeletion ? nil : record
        }
        self.records = latest.sorted { Self.precedes($0.key, $1.key) }.map(\.value)
    }

    private static func key(_ record: MemorySink.Record, _ relation: Relation) -> [Value] {
        record.values[..<relation.keyCount] + [
            .bigint(record.windowStart ?? 0), .bigint(record.windowEnd ?? 0),
        ]
    }

    private static func precedes(_ left: [Value], _ right: [Value]) -> Bool {
        for (left, right) in zip(left, right) where left != right {
            switch (left, right) {
            case (.string(let left), .string(let right)):
                return left.utf8.lexicographicallyPrecedes(right.utf8)
            case (.integer(let left), .integer(let right)): return left < right
            case (.bigint(let left), .bigint(let right)): return left < right
            case (.double(let left), .double(let right)): return left < right
            default: return "\(left)" < "\(right)"
            }
        }
        return false
    }

    /// The relation's columns and behind them its pseudo-columns.
    var columns: [Column] {
        let own = relation.columns.enumerated().map { position, column in
            Self.column(column.type, records.map { $0.values[position] })
        }
        return own + PseudoColumn.allCases.map { pseudo in
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
        default: return .null
        }
    }
}
