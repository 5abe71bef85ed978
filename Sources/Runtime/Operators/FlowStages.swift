import Planning

/// A query or a join, and the sources that it depends on.
struct FlowNode {
    let query: QueryOperator?
    let join: (any JoinOperator)?
    /// Sources by whose records it is reached.
    let sources: Set<String>
    /// Sources whose watermarks tell it how far time has come; tables' do not.
    let clocks: Set<String>
    /// Whether a stream meets a table that is made of the same source.
    let meetsItself: Bool
    /// Sources of a table that streams meet, which are read first where there is an end to them.
    var leading: Set<String> = []
}

/// The operators below one source.
struct FlowStages {
    /// A stateful operator, and the numbers of the scans whose watermarks count for it.
    struct Entry {
        let stateful: any StatefulOperator
        let clocks: [Int]
    }

    /// In the order of the plan.
    let nodes: [FlowNode]
    let queries: [QueryOperator]
    let joins: [any JoinOperator]
    let tables: [TableOperator]
    /// By the shard phase of a round.
    let levels: [[Entry]]
    /// Whether records are taken one by one, so that a table that meets a stream of its own source does so in
    /// one order.
    let meetsItself: Bool

    init(source: String, scans: [String], nodes all: [FlowNode], tables: [TableOperator]) {
        nodes = all.filter { $0.sources.contains(source) }
        queries = nodes.compactMap(\.query)
        joins = nodes.compactMap(\.join)
        self.tables = tables
        meetsItself = nodes.contains(where: \.meetsItself)
        let own = scans.firstIndex(of: source).map { [$0] } ?? []
        var entries = tables.map { Entry(stateful: $0, clocks: own) }
        for node in nodes {
            let clocks = scans.indices.filter { node.clocks.contains(scans[$0]) }
            var operators: [any StatefulOperator] = node.join.map { [$0] } ?? []
            if let deduplication = node.query?.deduplication { operators.append(deduplication) }
            if let aggregation = node.query?.aggregation { operators.append(aggregation) }
            entries += operators.map { Entry(stateful: $0, clocks: clocks) }
        }
        let depth = (entries.map(\.stateful.level).max() ?? -1) + 1
        levels = (0..<depth).map { level in entries.filter { $0.stateful.level == level } }
    }

    func clocks(of join: any JoinOperator) -> [Int] {
        levels.joined().first { $0.stateful === join }?.clocks ?? []
    }
}
