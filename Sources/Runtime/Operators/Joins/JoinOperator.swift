import Columnar
import Expressions
import Planning
import State

/// A join at work: two inputs, one output.
///
/// Rows of streams are left with it slot by slot and joined shard by shard, as with every stateful operator;
/// `release` then hands a slot's joined rows on. Changes of tables are left with it whenever they come, and
/// taken up by `foldChanges` at the end of a round.
protocol JoinOperator: StatefulOperator {
    var plan: JoinPlan { get }
    var outputs: Outputs { get }
    /// Late records.
    var counters: Counters { get }
    /// What is not kept by key and must survive a restart.
    var progress: JoinProgress { get set }

    func take(_ batch: RowBatch, _ side: JoinSide, _ slot: Slot)
    func take(_ changes: ChangeBatch, _ side: JoinSide, _ context: EvaluationContext)
    /// Before the shard phase, by one thread.
    ///
    /// - Parameter others: the watermark of the query's other sources; `Int64.max` without others.
    func prepare(others: Int64)
    /// Behind the shard phase, by one thread: numbers the joined rows.
    func number()
    /// Hands on what came of a slot's rows. Called for each slot, by any thread.
    func release(_ slot: Slot)
    func foldChanges(_ workers: WorkerPool, _ context: EvaluationContext) throws(StateError)
    /// Time has gone on without records: counts in the next round.
    ///
    /// - Parameters:
    ///   - times: the watermarks of the sides.
    ///   - watermark: of the join.
    func reach(_ times: [Int64], watermark: Int64)
    /// The time at which a row of a side that waits for partners is given alone, or some time before; nil
    /// where none waits.
    func nextClosing(_ side: JoinSide) -> Int64?
    /// Whether that is told by the join's watermark; else by the other side's.
    var closesByBothSides: Bool { get }
}

extension JoinOperator {
    func take(_ batch: RowBatch, _ side: JoinSide, _ slot: Slot) {}
    func take(_ changes: ChangeBatch, _ side: JoinSide, _ context: EvaluationContext) {}
    func prepare(others: Int64) {}
    func number() {}
    func release(_ slot: Slot) {}
    func foldChanges(_ workers: WorkerPool, _ context: EvaluationContext) throws(StateError) {}
    func processShard(_ shard: Int, watermark: Int64) throws(StateError) {}
    func clear() {}
    func reach(_ times: [Int64], watermark: Int64) {}
    func nextClosing(_ side: JoinSide) -> Int64? { nil }
    var closesByBothSides: Bool { false }

    /// Numbers the changes that the shards have made, and hands them on.
    func deliver(_ parts: ShardParts<JoinedChanges>, _ context: EvaluationContext) {
        guard let changes = JoinedChanges.joined(parts.all, firstSequence: progress.nextSequence) else {
            return
        }
        progress.nextSequence += Int64(changes.count)
        outputs.deliver(changes, context)
    }
}

/// How far a join has come.
struct JoinProgress: Sendable {
    /// Of each side: its watermark, or the largest event time of its keyed records (`StreamJoinTime`).
    var times: [Int64] = [.min, .min]
    /// The largest event time of all records.
    var time = Int64.min
    /// Behind all joined rows so far.
    var watermark = Int64.min
    /// The number of the next joined row.
    var nextSequence: Int64 = 0

    init() {}

    init(_ saved: SourceProgress) {
        guard saved.maxima.count == 3 else { return }
        times = Array(saved.maxima[..<2])
        time = saved.maxima[2]
        watermark = saved.watermark
        nextSequence = saved.nextSequence
    }

    /// In the form in which a checkpoint keeps progress.
    var saved: SourceProgress {
        SourceProgress(delay: 0, maxima: times + [time], watermark: watermark, nextSequence: nextSequence)
    }
}
