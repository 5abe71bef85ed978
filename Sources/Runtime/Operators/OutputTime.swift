import Columnar
import Planning

/// Gives a query's rows the time that one of their columns holds: `WITH (timestamp = 'column')`.
struct OutputTime: Sendable {
    private let position: Int
    private let parser: EventTimeParser

    init(_ column: TimeColumn) {
        position = column.position
        parser = EventTimeParser(pattern: column.format)
    }

    /// The rows are in time as these times go, not as their source's: `result.time` is to be placed.
    ///
    /// Rows without a time, or with one before the epoch, which no topic takes, are left out.
    func applied(to batch: RowBatch, rowTime: Int) -> RowBatch {
        let times = parser.times(batch.columns[position])
        let good = Bitmap(repeating: true, count: batch.count)
        for row in 0..<batch.count where !times.isValid(row) || times.int64s[row] < 0 { good.clear(row) }
        var result = batch.selecting((batch.selection ?? .all(batch.count)).keeping(good))
        result.eventTimes = .bigints((0..<batch.count).map { good[$0] ? times.int64s[$0] : 0 })
        if result.columns[rowTime].count == batch.count { result.columns[rowTime] = result.eventTimes }
        result.time = ChunkTime(timesOf: result)
        return result
    }

    /// The times of a table's rows; where there is none, the row's own.
    func times(_ columns: [Column], instead own: Column) -> Column {
        let times = parser.times(columns[position])
        return .bigints((0..<times.count).map { times.isValid($0) ? times.int64s[$0] : own.int64s[$0] })
    }
}
