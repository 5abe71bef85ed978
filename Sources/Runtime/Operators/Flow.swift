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
    /// Of streams that are written in several ways.
    let merges: [StreamMerge]
    let tables: [TableOperator]
    /// Rules about relations; empty without a rules file.
    let rules: [RelationRules]
    let quarantine: Quarantine?
    let views: [ViewNode]
    /// Queries, joins and merges in the order of the flow.
    let nodes: [FlowNode]
    /// By scan: what reads it, directly or through other queries. Each source has rounds and a time of its
    /// own.
    private let stages: [FlowStages]
    let slots: [Slot]
    let workers: WorkerPool
    /// The caller alone: for rounds of so little that waking others takes longer.
    private let lone = WorkerPool(threads: 1)
    /// Who works on the round.
    private var hands: WorkerPool
    /// Bytes of input up to which a round is little.
    private static let littleBytes = 8 << 10
    /// nil where records are not taken one by one for their own sake.
    private let recordHeaders: RecordHeaders?
    private var emitsPerRecord: Bool { recordHeaders != nil }
    /// By scan: whether it is read before others.
    private let leads: [Bool]
    private let seed: UInt64
    /// Whether rows of a table tell the clock: then they are made before it moves on.
    private let tellsClock: Bool
    private var clock: Int64?

    /// For tables' changes, which the task's thread takes through queries.
    private let context = EvaluationContext()

    /// Event time of each source, by scan.
    var progress: [SourceProgress]

    init(
        scans: [Scan], outputs: [String: Outputs], nodes: [FlowNode], tables: [TableOperator],
        rules: [RelationRules], quarantine: Quarantine?, views: [ViewNode], slots: [Slot],
        workers: WorkerPool, recordHeaders: RecordHeaders?, seed: UInt64
    ) {
        self.scans = scans
        self.outputs = outputs
        queries = nodes.compactMap(\.query)
        joins = nodes.compactMap(\.join)
        merges = nodes.compactMap(\.merge)
        self.tables = tables
        self.rules = rules
        self.quarantine = quarantine
        self.views = views
        self.nodes = nodes
        self.seed = seed
        self.slots = slots
        self.workers = workers
        hands = workers
        self.recordHeaders = recordHeaders
        tellsClock = queries.contains { $0.plan.makesVaryingTable }
        progress = scans.map { SourceProgress(delay: $0.properties.watermarkDelay) }
        let names = scans.map(\.relation.name)
        leads = names.map { name in nodes.contains { $0.leading.contains(name) } }
        stages = names.map { name in
            FlowStages(
                source: name, scans: names, nodes: nodes,
                tables: tables.filter { $0.outputs.relation.name == name },
                rules: rules.filter { $0.sources.contains(name) },
                views: views.filter { $0.sources.contains(name) })
        }
    }

    /// The order in which sources are read that have an end and meet in joins or merged streams: tables that
    /// streams meet, then whichever is behind in time, so that little waits in joins and little is late. nil
    /// where none meet.
    func turns(of relations: [String]) -> [Int]? {
        guard !joins.isEmpty || !merges.isEmpty else { return nil }
        return relations.indices.sorted { left, right in
            let (a, b) = (place(of: relations[left]), place(of: relations[right]))
            return (a.0, a.1, left) < (b.0, b.1, right)
        }
    }

    private func place(of relation: String) -> (Int, Int64) {
        guard let scan = scans.firstIndex(where: { $0.relation.name == relation }) else { return (1, .max) }
        return (leads[scan] ? 0 : 1, progress[scan].watermark)
    }

    /// Goes on from where a checkpoint says that sources, joins and queries with times of their own are, by
    /// relation.
    func restore(_ saved: [String: SourceProgress]) {
        for (index, scan) in scans.enumerated() {
            if let found = saved[scan.relation.name] {
                let newest = saved[Self.newestName(scan)]?.maxima
                progress[index] = progress[index].resumed(from: found, newest: newest)
            }
        }
        for query in queries {
            if let found = saved[query.plan.name] { query.restore(found) }
        }
        for merge in merges {
            if let found = saved[merge.name] { merge.restore(found) }
        }
        for join in joins {
            if let found = saved[join.plan.output.name] { join.progress = JoinProgress(found) }
        }
    }

    /// What `restore` takes.
    var allProgress: [String: SourceProgress] {
        var all: [String: SourceProgress] = [:]
        for (scan, progress) in zip(scans, progress) {
            all[scan.relation.name] = progress
            guard progress.newest != progress.maxima else { continue }
            all[Self.newestName(scan)] = SourceProgress(
                delay: 0, maxima: progress.newest, watermark: .min, nextSequence: 0)
        }
        for query in queries { all[query.plan.name] = query.progress }
        for merge in merges { all[merge.name] = merge.saved }
        for join in joins { all[join.plan.output.name] = join.progress.saved }
        return all
    }

    private static func newestName(_ scan: Scan) -> String { scan.relation.name + "/newest" }

    /// The watermark that the rows of a query's input go by; nil before there is one.
    func watermark(of query: QueryOperator) -> Int64? {
        guard let node = nodes.first(where: { $0.query === query }) else { return nil }
        let clocks = FlowStages.clocks(named: node.clocks, scans.map(\.relation.name), nodes)
        let watermark = watermark(of: clocks, nil)
        return watermark == .min ? nil : watermark
    }

    // MARK: A round

    /// What a round took in and set aside.
    struct RoundResult {
        var deadLetters: [DeadLetter] = []
        var failures: [Diagnostic] = []
        var bytes = 0
    }

    /// Runs chunks of one source through all operators. At most as many chunks as there are slots.
    func run(_ loaders: [ChunkLoader], of source: Int, clock: Int64) throws(StateError) -> RoundResult {
        try begin(clock)
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
        hands = byRecord || round.bytes <= Self.littleBytes ? lone : workers
        defer { hands = workers }
        if byRecord {
            try runByRecord(batches, first, source)
        } else {
            try finishRound(source)
        }
        return round
    }

    /// Gives everybody the epoch's clock.
    func begin(_ clock: Int64) throws(StateError) {
        if tellsClock, let last = self.clock, last != clock {
            for stages in stages { try flushTables(of: stages, everything: true) }
        }
        self.clock = clock
        for slot in slots {
            slot.context.clock = clock
            slot.context.seed = seed
        }
        for query in queries { query.aggregation?.setClock(clock, seed: seed) }
        for rules in rules { rules.beginRound() }
        context.clock = clock
        context.seed = seed
    }

    private func runByRecord(_ batches: [RowBatch], _ first: Outputs?, _ source: Int) throws(StateError) {
        defer { recordHeaders?.current = nil }
        for batch in batches {
            let alive = batch.selection ?? .all(batch.count)
            for index in 0..<alive.count {
                let one = batch.selecting(Selection([alive.rows[index]]))
                    .compactedFully(needed: first?.needed ?? [])
                recordHeaders?.current = one.headers
                first?.deliver(one, to: slots[0])
                try finishRound(source, watermark: batch.watermark(at: Int(alive.rows[index])))
                try flushTables(of: stages[source], everything: emitsPerRecord)
            }
        }
    }

    /// A round without records, when time has gone on.
    func closeRound(of source: Int) throws(StateError) {
        try finishRound(source)
        if emitsPerRecord { try flushTables(of: stages[source], everything: true) }
    }

    /// From the first shard phase to the end of the round.
    private func finishRound(_ source: Int, watermark: Int64? = nil) throws(StateError) {
        let stages = stages[source]
        stages.placeTimes { self.watermark(of: $0, nil) }
        flushPending()
        let watermark = watermark ?? progress[source].watermark
        for (level, operators) in stages.levels.enumerated() {
            for join in stages.joins where join.level == level { join.prepare(others: others(join, source)) }
            let watermarks = operators.map { self.watermark(of: $0.clocks, (source, watermark)) }
            let shards = ShardedRows.shardCount
            let failure = FirstFailure<StateError>()
            hands.forEach(operators.count * shards) { index in
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
        let queries = stages.queries.filter { $0.holdsRows(at: level) }
        let joins = stages.joins.filter { $0.level == level }
        let gates = stages.rules.filter { $0.gateLevel == level }
        guard !queries.isEmpty || !joins.isEmpty || !gates.isEmpty else { return }
        for join in joins { join.number() }
        hands.forEach(slots.count) { index in
            for rules in gates { rules.resume(self.slots[index]) }
            for query in queries { query.resume(self.slots[index], level) }
            for join in joins { join.release(self.slots[index]) }
        }
        stages.placeTimes { self.watermark(of: $0, nil) }
        flushPending()
    }

    /// How far time has come by the clocks that count; those that have not begun hold nobody up.
    ///
    /// - Parameter current: the source of the round, and its watermark.
    private func watermark(of clocks: [FlowStages.Clock], _ current: (source: Int, Int64)?) -> Int64 {
        if clocks.count == 1, let current, case .source(current.source) = clocks[0] { return current.1 }
        var least = Int64.max
        for clock in clocks {
            var watermark: Int64
            switch clock {
            case .source(let index):
                watermark = index == current?.source ? current?.1 ?? .min : progress[index].watermark
            case .query(let query): watermark = query.progress?.watermark ?? .min
            case .merge(let merge): watermark = merge.watermark
            }
            if watermark > .min { least = min(least, watermark) }
        }
        return least == .max ? .min : least
    }

    /// The watermark of a join's sources but the one at work.
    private func others(_ join: any JoinOperator, _ source: Int) -> Int64 {
        let clocks = stages[source].clocks(of: join).filter { clock in
            switch clock {
            case .source(let other): return other != source
            case .query: return true
            case .merge(let merge): return !stages[source].nodes.contains { $0.merge === merge }
            }
        }
        let least = watermark(of: clocks, nil)
        return least == .min ? .max : least
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
            if let join = node.join { try join.foldChanges(hands, context) }
            guard let query = node.query, let aggregation = query.aggregation else { continue }
            try aggregation.foldChanges(hands)
            guard everything || query.outputs.wantsEveryRound, let changes = aggregation.takeChanges(hands)
            else { continue }
            query.outputs.deliver(changes, context)
        }
        for entry in stages.views {
            try entry.view.fold(hands, watermark: watermark(of: entry.clocks, nil))
        }
    }

    /// Between rounds: sinks get what they want before the epoch's end.
    func passChangesOn() {
        for output in outputs.values { output.passChangesOn() }
    }

    /// At the end of an epoch, before the state is written: all changes go to the sinks.
    func endEpoch() throws(StateError) {
        for stages in stages { try flushTables(of: stages, everything: true) }
        for rules in rules { rules.endEpoch(context) }
        for query in queries { try query.aggregation?.endEpoch(workers) }
        for output in outputs.values { output.flushChanges() }
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
