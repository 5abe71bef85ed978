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
    let tables: [TableOperator]
    /// Rules about relations; empty without a rules file.
    let rules: [RelationRules]
    let quarantine: Quarantine?
    /// By scan: what reads it, directly or through other queries. Each source has rounds and a time of its
    /// own.
    private let stages: [Stages]
    let slots: [Slot]
    let workers: WorkerPool
    private let emitsPerRecord: Bool
    private let seed: UInt64
    /// Whether rows of a table tell the clock: then they are made before it moves on.
    private let tellsClock: Bool
    private var clock: Int64?

    /// For tables' changes, which the task's thread takes through queries.
    private let context = EvaluationContext()

    /// Event time of each source, by scan.
    private(set) var progress: [SourceProgress]

    init(
        scans: [Scan], outputs: [String: Outputs], queries: [QueryOperator], tables: [TableOperator],
        rules: [RelationRules], quarantine: Quarantine?, slots: [Slot], workers: WorkerPool,
        emitsPerRecord: Bool, seed: UInt64
    ) {
        self.scans = scans
        self.outputs = outputs
        self.queries = queries
        self.tables = tables
        self.rules = rules
        self.quarantine = quarantine
        self.seed = seed
        self.slots = slots
        self.workers = workers
        self.emitsPerRecord = emitsPerRecord
        tellsClock = queries.contains { $0.plan.makesVaryingTable }
        progress = scans.map { SourceProgress(delay: $0.properties.watermarkDelay) }
        stages = scans.map { scan in
            Stages(
                queries: queries.filter { $0.source == scan.relation.name },
                tables: tables.filter { $0.outputs.relation.name == scan.relation.name },
                rules: rules.filter { $0.source == scan.relation.name })
        }
    }

    /// The operators below one source.
    private struct Stages {
        let queries: [QueryOperator]
        let tables: [TableOperator]
        let rules: [RelationRules]
        /// By the shard phase of a round.
        let levels: [[any StatefulOperator]]
        /// Those that give rows other times or numbers, in the order of the plan.
        private let numbering: [QueryOperator]
        /// By operator: the query whose rows' times it goes by, if not the source's.
        private let timeKeepers: [ObjectIdentifier: QueryOperator]

        init(queries: [QueryOperator], tables: [TableOperator], rules: [RelationRules]) {
            self.queries = queries
            self.tables = tables
            self.rules = rules
            let stateful =
                tables as [any StatefulOperator] + rules.flatMap(\.stateful)
                + queries.flatMap { query -> [any StatefulOperator] in
                    (query.deduplication.map { [$0] } ?? []) + (query.aggregation.map { [$0] } ?? [])
                }
            let depth = (stateful.map(\.level).max() ?? -1) + 1
            levels = (0..<depth).map { level in stateful.filter { $0.level == level } }
            numbering = queries.filter { $0.progress != nil }
            var keepers: [String: QueryOperator] = [:]
            var timeKeepers: [ObjectIdentifier: QueryOperator] = [:]
            for query in queries {
                let keeper = keepers[query.plan.input.name]
                keepers[query.plan.output.name] = query.plan.retimesRows ? query : keeper
                if let deduplication = query.deduplication {
                    timeKeepers[ObjectIdentifier(deduplication)] = keeper
                }
                if let aggregation = query.aggregation { timeKeepers[ObjectIdentifier(aggregation)] = keeper }
            }
            self.timeKeepers = timeKeepers
        }

        /// The watermark of the rows that an operator takes; the source's is `watermark`.
        func watermark(of stateful: any StatefulOperator, source watermark: Int64) -> Int64 {
            timeKeepers[ObjectIdentifier(stateful)]?.progress?.watermark ?? watermark
        }

        func placeTimes() {
            for query in numbering { query.placeTimes() }
        }
    }

    /// Goes on from where a checkpoint says that sources and queries with times of their own are, by
    /// relation.
    func restore(_ saved: [String: SourceProgress]) {
        for (index, scan) in scans.enumerated() {
            if let found = saved[scan.relation.name] {
                progress[index] = progress[index].resumed(from: found)
            }
        }
        for query in queries {
            if let found = saved[query.plan.output.name] { query.restore(found) }
        }
    }

    /// What `restore` takes.
    var allProgress: [String: SourceProgress] {
        var all: [String: SourceProgress] = [:]
        for (scan, progress) in zip(scans, progress) { all[scan.relation.name] = progress }
        for query in queries { all[query.plan.output.name] = query.progress }
        return all
    }

    /// The watermark that the rows of a query's input go by; nil before there is one.
    func watermark(of query: QueryOperator) -> Int64? {
        guard let index = scans.firstIndex(where: { $0.relation.name == query.source }) else { return nil }
        let stateful: (any StatefulOperator)? = query.aggregation ?? query.deduplication
        let watermark =
            stateful.map { stages[index].watermark(of: $0, source: progress[index].watermark) }
            ?? progress[index].watermark
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
        if tellsClock, let last = self.clock, last != clock {
            for stages in stages { try flushTables(of: stages, everything: true) }
        }
        self.clock = clock
        begin(clock)
        let scan = scans[source]
        let decoded = SlotResults(count: loaders.count)
        let first = outputs[scan.relation.name]
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
            if !self.emitsPerRecord {
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
        if emitsPerRecord {
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
        for rules in rules { rules.beginRound() }
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
                try flushTables(of: stages[source], everything: true)
            }
        }
    }

    /// From the first shard phase to the end of the round.
    private func finishRound(_ source: Int, watermark: Int64? = nil) throws(StateError) {
        flushPending()
        let stages = stages[source]
        stages.placeTimes()
        let watermark = watermark ?? progress[source].watermark
        for (level, operators) in stages.levels.enumerated() {
            let shards = ShardedRows.shardCount
            let failure = FirstFailure()
            workers.forEach(operators.count * shards) { index in
                do throws(StateError) {
                    let stateful = operators[index / shards]
                    try stateful.processShard(
                        index % shards, watermark: stages.watermark(of: stateful, source: watermark))
                } catch {
                    failure.note(error)
                }
            }
            try failure.rethrow()
            let resumed = stages.queries.filter { $0.deduplication?.level == level }
            let gates = stages.rules.filter { $0.gateLevel == level }
            if !resumed.isEmpty || !gates.isEmpty {
                workers.forEach(slots.count) { index in
                    for rules in gates { rules.resume(self.slots[index]) }
                    for query in resumed { query.resume(self.slots[index]) }
                }
                stages.placeTimes()
                flushPending()
            }
        }
        for operators in stages.levels {
            for stateful in operators { stateful.clear() }
        }
        try flushTables(of: stages, everything: false)
    }

    private func flushPending() {
        for slot in slots where !slot.pending.isEmpty {
            let pending = slot.pending
            slot.pending.removeAll(keepingCapacity: true)
            for (outputs, batch) in pending { outputs.flush(batch) }
        }
    }

    /// Hands the changes of tables on: those that somebody wants every round, or all.
    private func flushTables(of stages: Stages, everything: Bool) throws(StateError) {
        for table in stages.tables where everything || table.outputs.wantsEveryRound {
            guard let changes = table.takeChanges() else { continue }
            table.outputs.deliver(changes, context)
        }
        // In the order of the plan: what a query makes is there when the queries that read it have their
        // turn.
        for query in stages.queries {
            guard let aggregation = query.aggregation else { continue }
            try aggregation.foldChanges(workers)
            guard everything || query.outputs.wantsEveryRound, let changes = aggregation.takeChanges(workers)
            else { continue }
            query.outputs.deliver(changes, context)
        }
    }

    /// At the end of an epoch, before the state is written: all changes go to the sinks.
    func endEpoch() throws(StateError) {
        for stages in stages { try flushTables(of: stages, everything: true) }
        for rules in rules { rules.endEpoch(context) }
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

    /// The same with what a checkpoint has kept.
    func resumed(from saved: SourceProgress) -> SourceProgress {
        SourceProgress(
            delay: delay, maxima: saved.maxima, watermark: saved.watermark, nextSequence: saved.nextSequence)
    }

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
        if time.isNumbered { nextSequence += Int64(time.count) }
    }

    /// Gives rows that a query has made the next numbers.
    mutating func number(_ time: ChunkTime) {
        time.number(from: nextSequence)
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
