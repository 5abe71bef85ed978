import Columnar
import Diagnostics
import Expressions
import Planning
import State

/// The groups of a pull query, folded by the operator that folds those of running queries.
struct PulledGroups {
    private let grouping: AnswerPlan.Grouping
    private let source: Relation
    private let output: Relation
    private let workers = WorkerPool(threads: 1)
    private let operation: AggregationOperator
    private let slot = Slot(index: 0)
    private var taken: Int64 = 0

    init(_ grouping: AnswerPlan.Grouping, _ source: Relation, _ context: EvaluationContext) {
        self.grouping = grouping
        self.source = source
        output = grouping.query.output
        let builder = FlowBuilder(
            plan: PipelinePlan(), sinks: [:], subscribers: [:], workers: workers,
            seed: Fingerprint(low: 0x7075_6C6C, high: 0x6772_6F75), firstMark: 1,
            makeStore: { KeyedStateStore($0) })
        operation = builder.makeAggregation(
            grouping.aggregation, grouping.query, Outputs(relation: output), 0, 1)
        operation.setClock(context.clock, seed: context.seed)
        slot.context.clock = context.clock
    }

    mutating func take(_ columns: [Column], count: Int) throws(Diagnostic) {
        guard count > 0 else { return }
        let maxima = Buffer(capacity: count * 8)
        for row in 0..<count {
            maxima.pointer.storeBytes(of: Int64.min, toByteOffset: row * 8, as: Int64.self)
        }
        let time = ChunkTime(partition: 0, count: count, runningMaxima: maxima)
        time.place(before: .min, others: .max, delay: 0, reached: .min, firstSequence: taken)
        taken += Int64(count)
        operation.take(
            RowBatch(
                columns: columns, count: count, selection: nil, origin: nil,
                eventTimes: columns[source.position(of: .rowTime)], valuePresence: nil, time: time), slot)
        try folding { () throws(StateError) in
            for shard in 0..<ShardedRows.shardCount { try operation.processShard(shard, watermark: .min) }
        }
        operation.clear()
    }

    /// The rows of the projection.
    func finish() throws(Diagnostic) -> RowBlock {
        if let changes = operation.takeChanges(workers) {
            let present = (0..<Int32(changes.count)).filter { changes.isPresent(Int($0)) }
            let selection = Selection(present)
            return RowBlock(
                columns: changes.new[..<output.columns.count].map { $0.gather(selection) },
                count: present.count)
        }
        return grouping.isWhole && taken == 0
            ? emptyGroup : RowBlock.concatenate([], output)
    }

    /// What the aggregates of no rows are.
    private var emptyGroup: RowBlock {
        let plan = grouping.aggregation
        let heap = BlobHeap()
        var results: [Column] = []
        for function in plan.stateFunctions {
            // As in a group's state: zero bytes at a multiple of 16.
            let bytes = (function.stateBytes + 15) / 16 * 16
            let state = UnsafeMutableRawPointer.allocate(byteCount: max(16, bytes), alignment: 16)
            defer { state.deallocate() }
            state.initializeMemory(as: UInt8.self, repeating: 0, count: max(16, bytes))
            let states = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: 1)
            defer { states.deallocate() }
            states.initialize(to: state)
            results.append(function.results(states, count: 1, blobs: heap))
        }
        for _ in 0..<3 { results.append(.nulls(.bigint, count: 1)) }
        let behind = CompiledExpressions((plan.having.map { [$0] } ?? []) + plan.projection)
        var made = behind.evaluate(results, count: 1, context: slot.context)
        if plan.having != nil {
            let condition = made.removeFirst()
            guard condition.isValid(0), condition.booleans[0] else { return RowBlock.concatenate([], output) }
        }
        return RowBlock(columns: made, count: 1)
    }

    private func folding(_ body: () throws(StateError) -> Void) throws(Diagnostic) {
        do throws(StateError) { try body() } catch {
            throw Diagnostic(.state, error.message, hint: error.hint)
        }
    }
}
