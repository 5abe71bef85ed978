import Columnar
import Expressions
import Planning
import State

/// A join of two streams: records with one key meet when their event times lie close enough.
///
/// State, for each side: what is kept of its records, by key and by bucket of time, for as long as a record
/// of the other side may ask for them. A bucket is as long as the window, so that a record asks two of them.
/// Records of an outer side that wait for their window to close are kept a second time, by their time.
///
/// How far time has come is told record by record (`StreamJoinTime`), so neither batches nor epochs decide on
/// what is late.
final class StreamJoinOperator: JoinOperator, @unchecked Sendable {
    let level: Int
    let plan: JoinPlan
    let outputs: Outputs
    let counters = Counters()
    private let time: StreamJoinTime
    var progress = JoinProgress()
    let layout: JoinedLayout
    private let shards: [StreamJoinShard]
    private let seed: Fingerprint
    /// By side and slot.
    private let keys: [[CompiledExpressions]]
    private var deposits: [[StreamJoinRows]]
    /// By slot: what came of its records.
    private var parts: [ShardParts<StreamJoinPart>]
    private var firstSequences: [Int64]
    private var round = StreamJoinRound()
    /// How far time has gone on without records since the last round: each side's watermark, and the join's.
    private var reached: (times: [Int64], watermark: Int64)?

    init(
        _ layout: JoinedLayout, _ time: StreamJoinTime, outputs: Outputs, level: Int,
        stores: [[KeyedStateStore]], unmatched: [[KeyedStateStore]], seed: Fingerprint, slots: Int
    ) {
        plan = layout.plan
        self.layout = layout
        self.time = time
        self.outputs = outputs
        self.level = level
        self.seed = seed
        shards = (0..<ShardedRows.shardCount).map { shard in
            StreamJoinShard(
                layout, time, stores: stores.map { $0[shard] }, unmatched: unmatched.map { $0[shard] })
        }
        keys = [layout.plan.leftKeys, layout.plan.rightKeys].map { list in
            (0..<slots).map { _ in CompiledExpressions(list) }
        }
        deposits = Array(repeating: [], count: slots)
        parts = (0..<slots).map { _ in ShardParts() }
        firstSequences = Array(repeating: 0, count: slots)
    }

    static func stateLayout(_ plan: JoinPlan, _ side: JoinSide, shard: Int) -> StateLayout {
        StateLayout(name: "\(plan.output.name)/\(side)/\(shard)", payloadBytes: 8, blobOffsets: [0])
    }

    static func unmatchedLayout(_ plan: JoinPlan, _ side: JoinSide, shard: Int) -> StateLayout {
        StateLayout(
            name: "\(plan.output.name)/unmatched-\(side)/\(shard)", payloadBytes: 8, blobOffsets: [0],
            tracksExpiryOrder: true)
    }

    func keeps(_ side: JoinSide) -> Bool { side == .left ? plan.kind.keepsLeft : plan.kind.keepsRight }

    func take(_ batch: RowBatch, _ side: JoinSide, _ slot: Slot) {
        // A record without a value joins nothing.
        let batch = batch.withValues
        guard batch.aliveCount > 0 else { return }
        let keys = keys[side.rawValue][slot.index].evaluate(
            batch.columns, count: batch.count, context: slot.context)
        // One without a key joins nothing either, and passes alone where its side is an outer one.
        let rows = ShardedRows(
            batch: batch, keys: keys, columns: layout[side].stored(keys, batch.columns), seed: seed,
            skipsNullKeys: !keeps(side))
        deposits[slot.index].append(StreamJoinRows(rows, side, keys: keys, slot: slot.index))
    }

    // MARK: Time without records

    func reach(_ times: [Int64], watermark: Int64) { reached = (times, watermark) }

    func nextClosing(_ side: JoinSide) -> Int64? {
        guard time.window.waitsForClose, keeps(side) else { return nil }
        return shards.compactMap { $0.unmatched[side.rawValue].earliestExpiry }.min()
    }

    var closesByBothSides: Bool { time.rule == .streamTime }

    // MARK: A round

    func prepare(others: Int64) {
        let all = deposits.flatMap { $0 }
        round = StreamJoinRound(all, others: others, time: time, progress: &progress)
        if let reached { round.reach(reached.times, watermark: reached.watermark, progress: &progress) }
        reached = nil
        counters.add(.late, round.late)
    }

    func processShard(_ shard: Int, watermark: Int64) throws(StateError) {
        let made = try shards[shard].process(round, shard)
        for (slot, part) in made { parts[slot][shard] = part }
    }

    func number() {
        for slot in parts.indices {
            firstSequences[slot] = progress.nextSequence
            progress.nextSequence += Int64(parts[slot].all.reduce(0) { $0 + $1.places.count })
        }
    }

    func release(_ slot: Slot) {
        let headers = StreamJoinHeaders(deposits[slot.index])
        deposits[slot.index] = []
        let made = parts[slot.index].all
        parts[slot.index] = ShardParts()
        guard !made.isEmpty else { return }
        let places = made.flatMap(\.places)
        let order = places.indices.sorted { left, right in
            places[left].isBefore(places[right], left < right)
        }
        let pools = made.map { $0.rows.finish() }
        var start = 0
        while start < order.count {
            let end = min(start + Self.batchRows, order.count)
            let piece = order[start..<end].map { Int32(truncatingIfNeeded: $0) }
            let first = firstSequences[slot.index] + Int64(start)
            var batch = batch(piece, places, pools, made, firstSequence: first)
            batch.headers = headers?.column(piece.map { places[Int($0)] })
            outputs.deliver(batch, to: slot)
            start = end
        }
    }

    /// Rows of a batch at most.
    private static let batchRows = 65_536

    private func batch(
        _ piece: [Int32], _ places: [StreamJoinPart.Place], _ pools: [[Column]], _ made: [StreamJoinPart],
        firstSequence: Int64
    ) -> RowBatch {
        let selection = Selection(piece)
        let output = plan.output
        var columns = pools[0].indices.map { index in
            pools[0][index].count == 0
                ? RowBatch.absent : Column.concatenate(pools.map { $0[index] }).gather(selection)
        }
        let count = piece.count
        let times = columns[output.position(of: .rowTime)]
        let watermarks = Buffer(capacity: count * 8)
        let orders = Buffer(capacity: count * 8)
        for (row, number) in piece.enumerated() {
            let place = places[Int(number)]
            watermarks.pointer.storeBytes(of: place.watermark, toByteOffset: row * 8, as: Int64.self)
            orders.pointer.storeBytes(of: place.order, toByteOffset: row * 8, as: Int64.self)
        }
        // A joined row is a record of its own, which its number names.
        columns[output.position(of: .rowOffset)] = .bigints((0..<count).map { firstSequence + Int64($0) })
        columns[output.position(of: .rowPartition)] = .constant(.integer(0), type: .integer, count: count)
        columns[output.position(of: .rowSource)] = .constant(
            .string(output.name), type: .string, count: count)
        columns[output.position(of: .rowRaw)] = .nulls(.bytes, count: count)
        columns[output.position(of: .rowError)] = .nulls(.string, count: count)
        let time = ChunkTime(partition: 0, count: count, runningMaxima: watermarks, orders: orders)
        time.place(before: .min, others: .max, delay: 0, reached: .min, firstSequence: firstSequence)
        return RowBatch(
            columns: columns, count: count, selection: nil, origin: nil, eventTimes: times,
            valuePresence: nil, time: time)
    }

    func clear() { round = StreamJoinRound() }
}
