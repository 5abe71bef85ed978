import Planning

/// A query, a join or a merge of several queries' rows, and the sources that it depends on.
struct FlowNode {
    var query: QueryOperator?
    var join: (any JoinOperator)?
    var merge: StreamMerge?
    /// Sources by whose records it is reached.
    let sources: Set<String>
    /// Relations whose watermarks tell it how far time has come: sources, and streams with times of their
    /// own; tables' do not.
    let clocks: Set<String>
    /// Of a join of two streams, by side.
    var sideClocks: [Set<String>] = []
    /// Whether rows of one source come together here again: a stream meets a table that is made of the same
    /// source, or several queries write what they make of it into one stream.
    var meetsItself = false
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
        /// A stream that is written in several ways, where it has a time of its own.
        case merge(StreamMerge)
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
    /// With the clocks that tell which windows are over.
    let views: [(view: TableView, clocks: [Clock])]
    /// By the shard phase of a round.
    let levels: [[Entry]]
    /// Whether records are taken one by one, so that what is made of one source comes together in one order.
    let meetsItself: Bool

    /// What gives rows other times or numbers, in the order of the flow.
    private let numbering: [FlowNode]
    /// For each stream that is written in several ways, the clocks of those that the source does not move.
    private let others: [String: [Clock]]

    init(
        source: String, scans: [String], nodes all: [FlowNode], tables: [TableOperator],
        rules: [RelationRules], views: [ViewNode]
    ) {
        nodes = all.filter { $0.sources.contains(source) }
        queries = nodes.compactMap(\.query)
        joins = nodes.compactMap(\.join)
        self.tables = tables
        self.rules = rules
        self.views = views.map { ($0.view, Self.clocks(named: $0.clocks, scans, all)) }
        meetsItself = nodes.contains(where: \.meetsItself)
        numbering = nodes.filter { $0.query?.progress != nil || $0.merge != nil }
        let own = Self.clocks(named: [source], scans, all)
        var others: [String: [Clock]] = [:]
        for node in nodes {
            guard let merge = node.merge else { continue }
            let moved = Set(nodes.compactMap(\.query).map(\.plan.name) + [source])
            others[merge.name] = Self.clocks(named: node.clocks.subtracting(moved), scans, all)
        }
        self.others = others
        var entries = tables.map { Entry(stateful: $0, clocks: own) }
        for rules in rules {
            let clocks = Self.clocks(named: rules.clocks, scans, all)
            entries += rules.stateful.map { Entry(stateful: $0, clocks: clocks) }
        }
        for node in nodes {
            let clocks = Self.clocks(named: node.clocks, scans, all)
            var operators: [any StatefulOperator] = node.join.map { [$0] } ?? []
            if let deduplication = node.query?.deduplication { operators.append(deduplication) }
            if let priorRows = node.query?.priorRows { operators.append(priorRows) }
            if let totals = node.query?.totals { operators.append(totals) }
            if let aggregation = node.query?.aggregation { operators.append(aggregation) }
            entries += operators.map { Entry(stateful: $0, clocks: clocks) }
        }
        let depth = (entries.map(\.stateful.level).max() ?? -1) + 1
        levels = (0..<depth).map { level in entries.filter { $0.stateful.level == level } }
    }

    /// The clocks of those names: of scans by their numbers, of queries that give times, of merged streams.
    static func clocks(named names: Set<String>, _ scans: [String], _ nodes: [FlowNode]) -> [Clock] {
        var clocks: [Clock] = scans.indices.filter { names.contains(scans[$0]) }.map { .source($0) }
        for node in nodes {
            if let query = node.query, query.progress != nil, names.contains(query.plan.name) {
                clocks.append(.query(query))
            }
            if let merge = node.merge, names.contains(merge.name) { clocks.append(.merge(merge)) }
        }
        return clocks
    }

    func clocks(of join: any JoinOperator) -> [Clock] {
        levels.joined().first { $0.stateful === join }?.clocks ?? []
    }

    /// Gives rows that were made since the last call their numbers and places in time.
    ///
    /// - Parameter watermark: how far time has come by some clocks; `Int64.min` where none has begun.
    func placeTimes(_ watermark: ([Clock]) -> Int64) {
        for node in numbering {
            node.query?.placeTimes()
            guard let merge = node.merge else { continue }
            let least = watermark(others[merge.name] ?? [])
            merge.placeTimes(others: least == .min ? .max : least)
        }
    }
}
