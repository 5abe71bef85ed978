import Columnar
import Planning

/// Rows of a stream on their way through the operators of one round.
///
/// Columns stand where the relation's layout puts them: its own, then the pseudo-columns. Columns that nobody
/// downstream reads are absent.
struct RowBatch: Sendable {
    var columns: [Column]
    var count: Int
    /// Rows that are alive, ascending; nil is all.
    var selection: Selection?
    /// For each row the row of the chunk that it comes from; nil when they are the same.
    var origin: Selection?
    /// BIGINT, milliseconds since the epoch, never NULL.
    var eventTimes: Column
    /// Rows whose record had a value; the others are NULL in all value columns. nil is all.
    var valuePresence: Bitmap?
    var time: ChunkTime
    /// The headers of the records that the rows are made of, as HEADERS columns have them; nil where none has
    /// any.
    var headers: Column?

    /// Stands for a column that is not there.
    static let absent = Column.nulls(.bigint, count: 0)

    /// How many rows are alive.
    var aliveCount: Int { selection?.count ?? count }

    /// Rows below this share of a batch are gathered before more is computed over them.
    private static let gatherShare = 4

    /// Keeps only `kept`, which are rows of this batch.
    func selecting(_ kept: Selection) -> RowBatch {
        var result = self
        result.selection = kept.count == count ? nil : kept
        return result
    }

    /// The batch with only its living rows, if they are few enough to be worth copying.
    ///
    /// - Parameter needed: positions of the columns that are read from now on.
    func compacted(needed: Set<Int>) -> RowBatch {
        guard let selection, selection.count * Self.gatherShare < count else { return self }
        return gathered(selection, needed: needed)
    }

    /// The batch with only its living rows.
    func compactedFully(needed: Set<Int>) -> RowBatch {
        guard let selection else { return self }
        return gathered(selection, needed: needed)
    }

    /// The rows that `selection` names, which may name a row several times.
    func gathered(_ selection: Selection, needed: Set<Int>) -> RowBatch {
        var result = self
        result.columns = columns.enumerated().map { index, column in
            needed.contains(index) && column.count == count ? column.gather(selection) : Self.absent
        }
        result.eventTimes = eventTimes.gather(selection)
        result.valuePresence = valuePresence.map { $0.gathered(by: selection) }
        result.headers = headers?.gather(selection)
        result.origin = origin.map { $0.gathered(by: selection) } ?? selection
        result.count = selection.count
        result.selection = nil
        return result
    }

    /// Without the rows whose record had no value.
    var withValues: RowBatch {
        guard let valuePresence else { return self }
        var result = selecting((selection ?? .all(count)).keeping(valuePresence))
        result.valuePresence = nil
        return result
    }

    func chunkRow(_ row: Int) -> Int { origin.map { Int($0.rows[row]) } ?? row }

    func watermark(at row: Int) -> Int64 { time.watermark(at: chunkRow(row)) }

    func sequence(of row: Int) -> Int64 { time.firstSequence + Int64(chunkRow(row)) }

    /// Where the row stands in the order of the round's source; rows of one record have the same place.
    func order(of row: Int) -> Int64 { time.order(of: chunkRow(row)) }
}

extension Bitmap {
    func gathered(by selection: Selection) -> Bitmap { Column.booleans(self).gather(selection).booleans }
}

extension Selection {
    /// The rows that `other` picks out of this selection.
    func gathered(by other: Selection) -> Selection {
        let buffer = Buffer(capacity: other.count * 4)
        let out = buffer.pointer.assumingMemoryBound(to: Int32.self)
        for index in 0..<other.count { out[index] = rows[Int(other.rows[index])] }
        return Selection(buffer: buffer, count: other.count)
    }

    /// The rows of both, which are ascending, as far as `keep` says so for the index in this selection.
    func filtered(_ keep: UnsafePointer<UInt8>) -> Selection {
        let buffer = Buffer(capacity: count * 4)
        let out = buffer.pointer.assumingMemoryBound(to: Int32.self)
        var kept = 0
        for index in 0..<count {
            out[kept] = rows[index]
            kept += Int(keep[index])
        }
        return Selection(buffer: buffer, count: kept)
    }

    /// All rows of a batch.
    static func all(_ count: Int) -> Selection {
        let buffer = Buffer(capacity: count * 4)
        let out = buffer.pointer.assumingMemoryBound(to: Int32.self)
        for row in 0..<count { out[row] = Int32(truncatingIfNeeded: row) }
        return Selection(buffer: buffer, count: count)
    }
}
