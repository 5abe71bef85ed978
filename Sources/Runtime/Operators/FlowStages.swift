import Planning

/// A query or a join, and the sources that it depends on.
struct FlowNode {
    let query: QueryOperator?
    let join: (any JoinOperator)?
    /// Sources by whose records it is reached.
    let sources: Set<String>
    /// Relations whose watermarks tell it how far time has come: sources, and streams with times of their
    /// own; tables' do not.
    let clocks: Set<String>
    /// Whether a stream meets a table that is made of the same source.
    let meetsItself: Bool
    /// Sources of a table that streams meet, which are read first where there is an end to them.
    var leading: Set<String> = []
}

/// The operators below one source.
struct FlowStages {
    /// What tells how far time has come.
    enum Clock {
        /// A source, by the number of its scan.
        case source(Int)
        /// A query that gives its rows other times.
        case query(QueryOperator)
    }

    /// A stateful operator, and the clocks that count for it.
    struct Entry {
        let stateful: any StatefulOperator
        let clocks: [Clock]
    }

    /// In the order of the plan.
    let nodes: [FlowNode]
    let queries: [QueryOperator]
    let joins: [any JoinOperator]
    let tables: [TableOperator]
    let rules: [RelationRules]
    /// By the shard phase of a round.
    let levels: [[Entry]]
    /// Whether records are taken one by one, so that a table that meets a stream of its own source does so in
    /// one order.
    let meetsItself: Bool

    /// Queries that give rows other times or numbers, in the order of the plan.
    private let numbering: [QueryOperator]

    init(
        source: String, scans: [String], nodes all: [FlowNode], tables: [TableOperator],
        rules: [RelationRules]
    ) {
        nodes = all.filter { $0.sources.contains(source) }
        queries = nodes.compactMap(\.query)
        joins = nodes.compactMap(\.join)
        self.tables = tables
        self.rules = rules
        meetsItself = nodes.contains(where: \.meetsItself)
        numbering = queries.filter { $0.progress != nil }
        let everybody = all.compactMap(\.query)
        let own = Self.clocks(named: [source], scans, everybody)
        var entries = tables.map { Entry(stateful: $0, clocks: own) }
        for rules in rules {
            let clocks = Self.clocks(named: rules.clocks, scans, everybody)
            entries += rules.stateful.map { Entry(stateful: $0, clocks: clocks) }
        }
        for node in nodes {
            let clocks = Self.clocks(named: node.clocks, scans, everybody)
            var operators: [any StatefulOperator] = node.join.map { [$0] } ?? []
            if let deduplication = node.query?.deduplication { operators.append(deduplication) }
            if let aggregation = node.query?.aggregation { operators.append(aggregation) }
            entries += operators.map { Entry(stateful: $0, clocks: clocks) }
        }
        let depth = (entries.map(\.stateful.level).max() ?? -1) + 1
        levels = (0..<depth).map { level in entries.filter { $0.stateful.level == level } }
    }

    /// The clocks of relations: of scans by their numbers, of queries that give times.
    static func clocks(named names: Set<String>, _ scans: [String], _ queries: [QueryOperator]) -> [Clock] {
        scans.indices.filter { names.contains(scans[$0]) }.map { .source($0) }
            + queries.filter { names.contains($0.plan.output.name) && $0.progress != nil }.map { .query($0) }
    }

    func clocks(of join: any JoinOperator) -> [Clock] {
        levels.joined().first { $0.stateful === join }?.clocks ?? []
    }

    /// Gives rows that were made since the last call their numbers and places in time.
    func placeTimes() {
        for query in numbering { query.placeTimes() }
    }
}
