import Columnar

/// The headers of the records of a slot that joined rows are made by: a joined row passes on those of the
/// record by which it came.
struct StreamJoinHeaders {
    private struct Place: Hashable {
        let order: Int64
        let side: JoinSide
    }

    /// The headers of each batch that has any.
    private var pool: [Column]
    /// By record: its row in the pool, of whose columns the first has one row without headers.
    private var rows: [Place: Int32] = [:]

    /// nil when no record has headers.
    init?(_ deposits: [StreamJoinRows]) {
        guard let type = deposits.lazy.compactMap({ $0.rows.batch.headers?.type }).first else { return nil }
        pool = [.nulls(type, count: 1)]
        var next: Int32 = 1
        for deposit in deposits {
            let batch = deposit.rows.batch
            guard let headers = batch.headers else { continue }
            for row in 0..<batch.count {
                let place = Place(order: batch.order(of: row), side: deposit.side)
                rows[place] = next + Int32(truncatingIfNeeded: row)
            }
            pool.append(headers)
            next += Int32(truncatingIfNeeded: batch.count)
        }
    }

    func column(_ places: [StreamJoinPart.Place]) -> Column {
        let picks = places.map { rows[Place(order: $0.order, side: $0.side)] ?? 0 }
        return Column.concatenate(pool).gather(Selection(picks))
    }
}
