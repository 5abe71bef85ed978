import Columnar

/// Puts the rows of a stream that is written in several ways into one order: those of its source, of the
/// query that makes it, and of each INSERT INTO.
///
/// Each way's rows come with the numbers and watermarks of what they were made of. Here they get the numbers
/// of the stream, in the order in which they come, and watermarks by which none is late for another.
final class StreamMerge: @unchecked Sendable {
    /// By what the watermark goes.
    enum Rule {
        /// The least of all ways that have begun: so it makes no difference how their rows lie between each
        /// other.
        case leastOfWays
        /// As ksqlDB, record by record: the largest time that any row has come with.
        case streamTime
    }

    let relation: String
    let rule: Rule
    /// Behind all rows so far, and the number of the next one.
    private(set) var watermark = Int64.min
    private(set) var nextSequence: Int64 = 0
    /// By slot: what waits for its numbers, in the order in which it gets them.
    private var unplaced: [[ChunkTime]]

    init(relation: String, rule: Rule, slots: Int) {
        self.relation = relation
        self.rule = rule
        unplaced = Array(repeating: [], count: slots)
    }

    /// What its progress and clock are called.
    var name: String { "\(relation)/merged" }

    /// The same rows, with numbers of the stream to come.
    func take(_ batch: RowBatch, _ slot: Slot) -> RowBatch {
        var result = batch
        result.time = ChunkTime(rowsOf: batch, .all(batch.count))
        result.origin = nil
        unplaced[slot.index].append(result.time)
        return result
    }

    /// Gives the rows that came since the last call their numbers, in the order of slots.
    ///
    /// - Parameter others: how far the ways have come that the round does not move.
    func placeTimes(others: Int64) {
        for slot in unplaced.indices {
            for time in unplaced[slot] {
                let others = rule == .streamTime ? .max : others
                time.number(from: nextSequence, others: others, reached: watermark)
                nextSequence += Int64(time.count)
                if time.count > 0 { watermark = max(watermark, time.watermark(at: time.count - 1)) }
            }
            unplaced[slot].removeAll(keepingCapacity: true)
        }
    }

    /// Time has gone on without rows.
    func reach(_ watermark: Int64) { self.watermark = max(self.watermark, watermark) }

    /// In the form in which a checkpoint keeps progress.
    var saved: SourceProgress {
        SourceProgress(delay: 0, maxima: [], watermark: watermark, nextSequence: nextSequence)
    }

    func restore(_ saved: SourceProgress) {
        watermark = saved.watermark
        nextSequence = saved.nextSequence
    }
}
