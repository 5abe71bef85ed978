import Columnar
import Diagnostics
import Expressions
import Planning
import State

/// The operators of one task, and how a round runs through them.
///
/// A round takes a few chunks. Work alternates between phases that threads share out chunk by chunk (decoding
/// and all that needs no state) and shard by shard (all that does), with a meeting in between:
/// ```
/// chunks │ decode → filter → … ─┐            ┌─ filter → project → … ─┐
/// shards │                      └─ level 0 ──┘                        └─ level 1 …
/// ```
/// Shards take chunks in source order, so results depend neither on the number of threads nor on the size of
/// chunks.
final class Flow: @unchecked Sendable {
    let scans: [Scan]
    /// By relation.
    let outputs: [String: Outputs]
    let queries: [QueryOperator]
    let joins: [any JoinOperator]
    let tables: [TableOperator]
    /// By scan: what reads it, directly or through other queries. Each source has rounds and a time of its
    /// own.
    private let stages: [FlowStages]
    let slots: [Slot]
    let workers: WorkerPool
    private let emitsPerRecord: Bool
    /// By scan: whether it is read before others.
    private let leads: [Bool]
    private let seed: UInt64

    /// For tables' changes, which the task's thread takes through queries.
    private let context = EvaluationContext()

    /// Event time of each source, by scan.
    private(set) var progress: [SourceProgress]

    init(
        scans: [Scan], outputs: [String: Outputs], nodes: [FlowNode], tables: [TableOperator],
        slots: [Slot], workers: WorkerPool, emitsPerRecord: Bool, seed: UInt64
    ) {
        self.scans = scans
        self.outputs = outputs
        queries = nodes.compactMap(\.query)
        joins = nodes.compactMap(\.join)
        self.tables = tables
        self.seed = seed
        self.slots = slots
        self.workers = workers
        self.emitsPerRecord = emitsPerRecord
        progress = scans.map { SourceProgress(delay: $0.properties.watermarkDelay) }
        let names = scans.map(\.relation.name)
        leads = names.map { name in nodes.contains { $0.leading.contains(name) } }
        stages = names.map { name in
            FlowStages(
                source: name, scans: names, nodes: nodes,
                tables: tables.filter { $0.outputs.relation.name == name })
        }
    }

    /// The order in which joined sources are read that have an end: tables that streams meet, then whichever
    /// is behind in time, so that little waits in joins. nil where nothing is joined.
    func turns(of relations: [String]) -> [Int]? {
        guard !joins.isEmpty else { return nil }
        return relations.indices.sorted { left, right in
            let (a, b) = (place(of: relations[left]), place(of: relations[right]))
            return (a.0, a.1, left) < (b.0, b.1, right)
        }
    }

    private func place(of relation: String) -> (Int, Int64) {
        guard let scan = scans.firstIndex(where: { $0.relation.name == relation }) else { return (1, .max) }
        return (leads[scan] ? 0 : 1, progress[scan].watermark)
    }

    func restore(_ progress: [SourceProgress]) { self.progress = progress }

    // MARK: A round

    /// What a round took in and set aside.
    struct RoundResult {
        var deadLetters: [DeadLetter] = []
        var failures: [Diagnostic] = []
        var bytes = 0
    }

    /// Runs chunks of one source through all operators. At most as many chunks as there are slots.
    func run(_ loaders: [ChunkLoader], of source: Int, clock: Int64) throws(StateError) -> RoundResult {
        begin(clock)
        let scan = scans[source]
        let decoded = SlotResults(count: loaders.count)
        let first = outputs[scan.relation.name]
        let byRecord = emitsPerRecord || stages[source].meetsItself
        workers.forEach(loaders.count) { index in
            let slot = slots[index]
            var bytes = 0
            var result = Scan.Result()
            do throws(Diagnostic) {
                let chunks = try loaders[index].load()
                bytes = chunks.reduce(0) { $0 + $1.byteCount }
                result = scan.decode(chunks, slot: index, clock: clock)
            } catch {
                result.failure = error
            }
            if !byRecord {
                for batch in result.batches { first?.deliver(batch, to: slot) }
            }
            decoded.set(index, result, bytes)
        }
        var round = RoundResult()
        var batches: [RowBatch] = []
        for index in 0..<loaders.count {
            let (result, bytes) = decoded.get(index)
            round.deadLetters += result.deadLetters
            if let failure = result.failure { round.failures.append(failure) }
            round.bytes += bytes
            batches += result.batches
        }
        for batch in batches { progress[source].place(batch.time) }
        scan.counters.add(.bytes, round.bytes)
        if byRecord {
            try runByRecord(batches, first, source)
        } else {
            try finishRound(source)
        }
        return round
    }

    /// Gives everybody the epoch's clock.
    private func begin(_ clock: Int64) {
        for slot in slots {
            slot.context.clock = clock
            slot.context.seed = seed
        }
        for query in queries { query.aggregation?.setClock(clock, seed: seed) }
        context.clock = clock
        context.seed = seed
    }

    private func runByRecord(_ batches: [RowBatch], _ first: Outputs?, _ source: Int) throws(StateError) {
        for batch in batches {
            let alive = batch.selection ?? .all(batch.count)
            for index in 0..<alive.count {
                let one = batch.selecting(Selection([alive.rows[index]]))
                first?.deliver(one.compactedFully(needed: first?.needed ?? []), to: slots[0])
                try finishRound(source, watermark: batch.watermark(at: Int(alive.rows[index])))
                try flushTables(of: stages[source], everything: emitsPerRecord)
            }
        }
    }

    /// From the first shard phase to the end of the round.
    private func finishRound(_ source: Int, watermark: Int64? = nil) throws(StateError) {
        flushPending()
        let stages = stages[source]
        let watermark = watermark ?? progress[source].watermark
        for (level, operators) in stages.levels.enumerated() {
            for join in stages.joins where join.level == level { join.prepare(others: others(join, source)) }
            let watermarks = operators.map { self.watermark(of: $0, watermark, source) }
            let shards = ShardedRows.shardCount
            let failure = FirstFailure()
            workers.forEach(operators.count * shards) { index in
                let number = index / shards
                do throws(StateError) {
                    try operators[number].stateful.processShard(
                        index % shards, watermark: watermarks[number])
                } catch {
                    failure.note(error)
                }
            }
            try failure.rethrow()
            resume(stages, level)
        }
        for operators in stages.levels {
            for entry in operators { entry.stateful.clear() }
        }
        try flushTables(of: stages, everything: false)
    }

    /// Takes rows on behind the operators that held them up for the level's shard phase.
    private func resume(_ stages: FlowStages, _ level: Int) {
        let queries = stages.queries.filter { $0.deduplication?.level == level }
        let joins = stages.joins.filter { $0.level == level }
        guard !queries.isEmpty || !joins.isEmpty else { return }
        for join in joins { join.number() }
        workers.forEach(slots.count) { index in
            for query in queries { query.resume(self.slots[index]) }
            for join in joins { join.release(self.slots[index]) }
        }
        flushPending()
    }

    /// The watermark of an operator's sources; those that have given no usable time yet hold nobody up.
    private func watermark(of entry: FlowStages.Entry, _ current: Int64, _ source: Int) -> Int64 {
        if entry.clocks.count == 1, entry.clocks[0] == source { return current }
        let known = entry.clocks.map { $0 == source ? current : progress[$0].watermark }.filter { $0 > .min }
        return known.min() ?? .min
    }

    /// The watermark of a join's sources but the one at work.
    private func others(_ join: any JoinOperator, _ source: Int) -> Int64 {
        let clocks = stages[source].clocks(of: join)
        let known = clocks.filter { $0 != source }.map { progress[$0].watermark }.filter { $0 > .min }
        return known.min() ?? .max
    }

    private func flushPending() {
        for slot in slots where !slot.pending.isEmpty {
            let pending = slot.pending
            slot.pending.removeAll(keepingCapacity: true)
            for (outputs, batch) in pending { outputs.flush(batch) }
        }
    }

    /// Hands the changes of tables on: those that somebody wants every round, or all.
    private func flushTables(of stages: FlowStages, everything: Bool) throws(StateError) {
        for table in stages.tables where everything || table.outputs.wantsEveryRound {
            guard let changes = table.takeChanges() else { continue }
            table.outputs.deliver(changes, context)
        }
        // In the order of the plan: what a query makes is there when the queries that read it have their
        // turn.
        for node in stages.nodes {
            if let join = node.join { try join.foldChanges(workers, context) }
            guard let query = node.query, let aggregation = query.aggregation else { continue }
            try aggregation.foldChanges(workers)
            guard everything || query.outputs.wantsEveryRound, let changes = aggregation.takeChanges(workers)
            else { continue }
            query.outputs.deliver(changes, context)
        }
    }

    /// At the end of an epoch, before the state is written: all changes go to the sinks.
    func endEpoch() throws(StateError) {
        for stages in stages { try flushTables(of: stages, everything: true) }
        for query in queries { try query.aggregation?.endEpoch(workers) }
    }
}

/// How far a source has come in event time.
struct SourceProgress: Sendable {
    let delay: Int64
    /// The largest event time of each partition that has given anything.
    private(set) var maxima: [Int64] = []
    /// Behind all records so far; `Int64.min` when nothing has come yet. Never falls back.
    private(set) var watermark = Int64.min
    /// The number of the next record.
    private(set) var nextSequence: Int64 = 0

    init(delay: Int64) { self.delay = delay }

    init(delay: Int64, maxima: [Int64], watermark: Int64, nextSequence: Int64) {
        self.delay = delay
        self.maxima = maxima
        self.watermark = watermark
        self.nextSequence = nextSequence
    }

    mutating func place(_ time: ChunkTime) {
        // A partition that has given no usable time yet holds nobody up.
        while maxima.count <= time.partition { maxima.append(.min) }
        var others = Int64.max
        for (partition, maximum) in maxima.enumerated() where partition != time.partition && maximum > .min {
            others = min(others, maximum)
        }
        time.place(
            before: maxima[time.partition], others: others, delay: delay, reached: watermark,
            firstSequence: nextSequence)
        maxima[time.partition] = max(maxima[time.partition], time.maximum)
        watermark = time.finalWatermark
        nextSequence += Int64(time.count)
    }
}

/// Results of slots that threads put in their places.
private final class SlotResults: @unchecked Sendable {
    private var results: [(Scan.Result, Int)]
    private let monitor = Monitor()

    init(count: Int) { results = Array(repeating: (Scan.Result(), 0), count: count) }

    func set(_ index: Int, _ result: Scan.Result, _ bytes: Int) {
        monitor.withLock { results[index] = (result, bytes) }
    }

    func get(_ index: Int) -> (Scan.Result, Int) { results[index] }
}
