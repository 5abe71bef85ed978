import Columnar
import Expressions
import Planning
import State

/// Puts the operators of a plan together.
struct FlowBuilder {
    let plan: PipelinePlan
    let sinks: [String: [any Sink]]
    let subscribers: [String: [any Subscriber]]
    let workers: WorkerPool
    let seed: Fingerprint
    /// The first mark that no group has: higher than those of all epochs before.
    let firstMark: Int64
    /// Tables that others look into.
    let views: Set<String>
    let makeStore: (StateLayout) -> KeyedStateStore
    private let recordHeaders: RecordHeaders?
    /// All that write a relation before those that read it.
    private let queries: [QueryPlan]

    init(
        plan: PipelinePlan, sinks: [String: [any Sink]], subscribers: [String: [any Subscriber]],
        workers: WorkerPool, seed: Fingerprint, firstMark: Int64, views: Set<String> = [],
        makeStore: @escaping (StateLayout) -> KeyedStateStore
    ) {
        self.plan = plan
        self.sinks = sinks
        self.subscribers = subscribers
        self.workers = workers
        self.seed = seed
        self.firstMark = firstMark
        self.views = views
        self.makeStore = makeStore
        queries = plan.queriesInFlowOrder
        recordHeaders = plan.emitsPerRecord ? RecordHeaders() : nil
    }

    /// Chunks in one round, for each thread.
    private static let slotsPerThread = 4

    func build() -> Flow {
        let slotCount = plan.emitsPerRecord ? 1 : workers.threadCount * Self.slotsPerThread
        let outputs = makeOutputs(slotCount)
        let quarantine = plan.quality?.quarantine.flatMap { outputs[$0.name] }.map {
            Quarantine(outputs: $0, plan: plan)
        }
        var rules: [RelationRules] = []
        var ways: [String: Way] = [:]
        var nodes: [FlowNode] = []
        for (name, relation) in plan.catalogue.relations {
            guard case .source(let properties) = relation.origin else { continue }
            ways[name] = Way(source: name, delay: properties.watermarkDelay)
        }
        for name in plan.catalogue.order where !plan.isInserted(into: name) {
            guard let output = outputs[name], case .source = output.relation.origin else { continue }
            rules += attachRules(output, quarantine, &ways, slotCount)
        }
        var writers = Dictionary(queries.map { ($0.output.name, 1) }, uniquingKeysWith: +)
        for query in queries {
            guard let output = outputs[query.output.name] else { continue }
            nodes += makeJoins(query, outputs, &ways, slotCount)
            let observers = rules.flatMap(\.rules).compactMap(\.uniqueness).filter { $0.query == query.name }
            let node = makeQuery(query, output, &ways, observers.map(\.tally), slotCount)
            if let made = node.query { outputs[query.input.name]?.queries.append(made) }
            nodes.append(node)
            writers[query.output.name, default: 1] -= 1
            guard writers[query.output.name] == 0 else { continue }
            if let merge = output.merge, let way = ways[query.output.name] {
                nodes.append(
                    FlowNode(
                        merge: merge, sources: way.sources, clocks: way.clocks, meetsItself: way.meetsItself))
                if merge.rule == .streamTime { ways[query.output.name]?.clocks = [merge.name] }
            }
            rules += attachRules(output, quarantine, &ways, slotCount)
        }
        let scans = makeScans(outputs, slotCount)
        let tables = makeTables(outputs, slotCount)
        return Flow(
            scans: scans, outputs: outputs, nodes: nodes, tables: tables, rules: rules,
            quarantine: quarantine, views: viewNodes(outputs, ways),
            slots: (0..<slotCount).map(Slot.init),
            workers: workers, recordHeaders: recordHeaders, seed: seed.low)
    }

    /// How rows come to a relation.
    struct Way {
        /// Shard phases that stand before it in a round.
        var level: Int
        /// Sources that its rows depend on.
        let sources: Set<String>
        /// Relations whose watermarks are its own.
        var clocks: Set<String>
        /// How far that watermark stays behind.
        let delay: Int64
        /// Whether rows of one source come in several ways.
        var meetsItself = false

        init(source: String, delay: Int64 = 0) {
            self.init(level: 0, sources: [source], clocks: [source], delay: delay)
        }

        init(level: Int, sources: Set<String>, clocks: Set<String>, delay: Int64) {
            self.level = level
            self.sources = sources
            self.clocks = clocks
            self.delay = delay
        }

        /// Rows that come this way and the other.
        func merged(with other: Way) -> Way {
            var way = Way(
                level: max(level, other.level), sources: sources.union(other.sources),
                clocks: clocks.union(other.clocks), delay: max(delay, other.delay))
            way.meetsItself =
                meetsItself || other.meetsItself || !sources.isDisjoint(with: other.sources)
            return way
        }
    }

    /// A query at work, and the way that its rows take to the relation that it writes.
    private func makeQuery(
        _ query: QueryPlan, _ output: Outputs, _ ways: inout [String: Way], _ observers: [RepeatTally],
        _ slots: Int
    ) -> FlowNode {
        let way = ways[query.input.name] ?? Way(source: query.input.name)
        var level = way.level
        var deduplication: DeduplicationOperator?
        if let plan = query.deduplication {
            deduplication = makeDeduplication(plan, query, level, observers, slots)
            level += 1
        }
        var priorRows: PriorRowsOperator?
        if let plan = query.priorRows, !plan.values.isEmpty {
            let stores = (0..<ShardedRows.shardCount).map {
                makeStore(PriorRowsOperator.layout(query, shard: $0))
            }
            priorRows = PriorRowsOperator(plan, level: level, stores: stores, seed: seed, slots: slots)
            level += 1
        }
        var totals: RunningTotalsOperator?
        if let plan = query.priorRows, !plan.totals.isEmpty {
            let stores = (0..<ShardedRows.shardCount).map {
                makeStore(RunningTotalsOperator.layout(query, plan, shard: $0))
            }
            totals = RunningTotalsOperator(plan, level: level, stores: stores, seed: seed, slots: slots)
            level += 1
        }
        var aggregation: AggregationOperator?
        if case .aggregation(let plan) = query.shape {
            aggregation = makeAggregation(plan, query, output, level, slots)
        }
        let delay = query.outputWatermarkDelay ?? way.delay
        let clocks = query.retimesRows ? [query.name] : way.clocks
        let made = Way(level: level, sources: way.sources, clocks: clocks, delay: delay)
        let name = query.output.name
        let isMerged = output.merge != nil
        ways[name] = isMerged ? ways[name]?.merged(with: made) ?? made : made
        let operation = QueryOperator(
            plan: query, outputs: output, deduplication: deduplication, priorRows: priorRows,
            totals: totals, aggregation: aggregation, watermarkDelay: delay, slots: slots)
        return FlowNode(query: operation, sources: way.sources, clocks: way.clocks)
    }

    /// The relations and, from their ends upwards, the columns that are read of each.
    private func makeOutputs(_ slots: Int) -> [String: Outputs] {
        var outputs: [String: Outputs] = [:]
        for name in plan.catalogue.order {
            guard let relation = plan.catalogue.relation(name) else { continue }
            let made = Outputs(
                relation: relation, headers: recordHeaders,
                emitsAtOnce: plan.emitsAtOnce || plan.emitsPerRecord)
            made.sinks = sinks[name] ?? []
            made.subscribers = subscribers[name] ?? []
            if views.contains(name), relation.kind == .table { made.view = makeView(relation) }
            if !made.sinks.isEmpty || !made.subscribers.isEmpty || made.view != nil {
                made.needed = Set(relation.columns.indices)
                if relation.windowing != nil {
                    for bound in PseudoColumn.allCases where bound.isWindowBound {
                        made.needed.insert(relation.position(of: bound))
                    }
                }
            }
            for pseudo in made.subscribers.flatMap(\.pseudoColumns) {
                made.needed.insert(relation.position(of: pseudo))
            }
            let hasOther = relation.source != nil || queries.count { $0.output.name == name } > 1
            if plan.isInserted(into: name), hasOther {
                made.merge = StreamMerge(
                    relation: name, rule: plan.emitsPerRecord ? .streamTime : .leastOfWays, slots: slots)
            }
            for rule in plan.quality?.rules(of: name) ?? [] { made.needed.formUnion(rule.columns) }
            outputs[name] = made
        }
        for query in plan.queries {
            for join in query.joins { outputs[join.output.name] = Outputs(relation: join.output) }
        }
        for query in queries.reversed() {
            let needs = QueryNeeds(plan: query, output: outputs[query.output.name]?.needed ?? [])
            outputs[query.input.name]?.needed.formUnion(needs.all)
            for (join, kept) in zip(query.joins, JoinNeeds.kept(query)).reversed() {
                outputs[join.output.name]?.needed.formUnion(kept)
                let needs = JoinNeeds(join, output: outputs[join.output.name]?.needed ?? [])
                outputs[join.left.name]?.needed.formUnion(needs.left)
                outputs[join.right.name]?.needed.formUnion(needs.right)
            }
        }
        // The rows of a table are found by their keys.
        for output in outputs.values where output.relation.kind == .table {
            output.needed.formUnion(0..<output.relation.keyCount)
        }
        return outputs
    }

    private func makeScans(_ outputs: [String: Outputs], _ slots: Int) -> [Scan] {
        plan.catalogue.order.compactMap { name in
            guard let output = outputs[name], case .source(let properties) = output.relation.origin,
                output.isRead
            else { return nil }
            return Scan(
                relation: output.relation, properties: properties, schemas: plan.registry,
                needed: output.needed, slots: slots)
        }
    }

    private func makeTables(_ outputs: [String: Outputs], _ slots: Int) -> [TableOperator] {
        plan.catalogue.order.compactMap { name in
            guard let output = outputs[name], output.relation.kind == .table,
                case .source(let properties) = output.relation.origin, output.isRead
            else { return nil }
            let lifetime = properties.rowLifetime
            let stores = (0..<ShardedRows.shardCount).map {
                makeStore(TableOperator.layout(output.relation, lifetime, shard: $0))
            }
            let table = TableOperator(
                outputs: output, stores: stores, lifetime: lifetime, seed: seed, slots: slots,
                capturesOld: !output.queries.isEmpty)
            output.table = table
            return table
        }
    }

    private func makeDeduplication(
        _ plan: DeduplicationPlan, _ query: QueryPlan, _ level: Int, _ observers: [RepeatTally],
        _ slots: Int
    ) -> DeduplicationOperator {
        var stores: [KeyedStateStore] = []
        for shard in 0..<ShardedRows.shardCount {
            stores.append(
                makeStore(StateLayout(name: "\(query.name)/seen/\(shard)", payloadBytes: 0)))
        }
        return DeduplicationOperator(
            plan, skipsNullKeys: false, level: level, stores: stores, observers: observers, seed: seed,
            slots: slots)
    }

    func makeAggregation(
        _ plan: AggregationPlan, _ query: QueryPlan, _ output: Outputs, _ level: Int, _ slots: Int
    ) -> AggregationOperator {
        let isSession = plan.hasSessions
        let isOverTable = query.input.kind == .table
        // These may end, or be merged, apart from all others: so they hold all that is theirs.
        let keepsSets = isSession || plan.rowLifetime != nil
        let layout = GroupLayout(
            plan.stateFunctions, isSession ? .sessions : isOverTable ? .rowsOfTable : .windows,
            keepsSets: keepsSets)
        let name = query.name
        let isRead = self.plan.queries.contains { $0.input.name == query.output.name }
        var shards: [AggregationShard] = []
        for shard in 0..<ShardedRows.shardCount {
            let store = makeStore(
                StateLayout(
                    name: "\(name)/groups/\(shard)", payloadBytes: layout.payloadBytes,
                    blobOffsets: layout.blobOffsets,
                    tracksExpiryOrder: plan.emission == .final || plan.rowLifetime != nil))
            var distinct: [KeyedStateStore?] = []
            for (index, call) in plan.aggregates.enumerated() {
                distinct.append(
                    call.function.countsDistinct && !keepsSets
                        ? makeStore(
                            StateLayout(name: "\(name)/distinct-\(index)/\(shard)", payloadBytes: 0)) : nil)
            }
            let sessions =
                isSession
                ? makeStore(
                    StateLayout(name: "\(name)/sessions/\(shard)", payloadBytes: 8, blobOffsets: [0])) : nil
            shards.append(
                AggregationShard(
                    plan: plan, output: query.output, layout: layout, store: store,
                    distinctStores: distinct, sessions: sessions, capturesOld: isRead,
                    emitsPerRecord: self.plan.emitsPerRecord, isOverTable: isOverTable, mark: firstMark))
        }
        return AggregationOperator(
            plan: plan, output: query.output, level: level, shards: shards, seed: seed, slots: slots)
    }
}
