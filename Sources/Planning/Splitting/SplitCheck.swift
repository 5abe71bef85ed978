import Diagnostics
import Expressions

/// Follows record keys through the queries of a plan.
struct SplitCheck {
    private(set) var keys: [String: SplitKey] = [:]
    private(set) var isKeyed = false

    /// A relation that is read from a topic.
    mutating func add(_ relation: Relation, topic: String, _ source: SourceProperties) {
        let types = relation.keys.map(\.type.sql)
        let parts = [source.keyFormat.rawValue, source.keyDelimiter ?? ""] + types
        keys[relation.name] = SplitKey(
            topic: topic, names: relation.keys.map(\.name), format: parts.joined(separator: " "),
            places: relation.keys.indices.map { [$0] })
        if relation.kind == .table { isKeyed = true }
    }

    mutating func add(_ query: QueryPlan) throws(Diagnostic) {
        let key = try inputKey(of: query)
        let names = Self.names(of: query)
        if let deduplication = query.deduplication {
            try check(
                deduplication.keys, "DEDUPLICATE BY", key, names,
                at: query.places.deduplication ?? query.places.statement)
        }
        if let rows = query.priorRows {
            try check(
                rows.keys, "OVER PARTITION BY", key, names,
                at: query.places.priorRows ?? query.places.statement)
        }
        var made: SplitKey
        switch query.shape {
        case .projection(let list): made = key.projected(to: list)
        case .aggregation(let plan):
            try check(
                plan.groupBy, "GROUP BY", key, names, at: query.places.groupBy ?? query.places.statement)
            let grouped = key.projected(to: plan.groupBy)
            // Behind the groups' keys stand aggregates, which are no part of it.
            made = grouped.projected(to: plan.projection)
        }
        if query.insertion != nil {
            // Rows of several topics meet in it.
            if let present = keys[query.output.name] { made = present.merged(with: made) }
        }
        if query.output.kind == .table { isKeyed = true }
        keys[query.output.name] = made
    }

    /// The names of the columns that a query's clauses read.
    private static func names(of query: QueryPlan) -> [String] {
        query.input.columns.map(\.name) + PseudoColumn.allCases.map(\.name)
    }

    // MARK: Keys of clauses

    private mutating func check(
        _ expressions: [Expression], _ clause: String, _ key: SplitKey, _ names: [String],
        at place: SourceLocation?
    ) throws(Diagnostic) {
        isKeyed = true
        if key.isCovered(by: expressions) { return }
        let text = expressions.map { $0.text(names) }.joined(separator: ", ")
        let what = text.isEmpty ? "all rows" : "\(clause) \(text)"
        let rows = text.isEmpty ? "they" : "rows of one \(text)"
        throw Diagnostic(
            .unsupported, "\(what) \(Self.reason(key)): \(rows) lie in several partitions", at: place,
            expected: key.names.isEmpty || key.places.contains([])
                ? nil : key.names.joined(separator: ", ") + " among its columns",
            hint: Self.wayOut(text, key))
    }

    private static func reason(_ key: SplitKey) -> String {
        if key.names.isEmpty { return "does not follow a key: topic \(key.topic) has no key column" }
        if key.places.contains([]) { return "does not follow the \(key.text), which the rows have no more" }
        return "does not follow the \(key.text)"
    }

    private static func wayOut(_ text: String, _ key: SplitKey) -> String {
        var ways: [String] = []
        if key.names.isEmpty {
            ways.append("declare the column that records are keyed by as KEY, if there is one")
        } else if key.places.contains([]) {
            ways.append("keep \(key.names.joined(separator: ", ")) in the SELECT list before it")
        }
        if !text.isEmpty {
            ways.append(
                "write the rows to a topic of their own, PARTITION BY \(text), in a pipeline before this one")
        }
        ways += ["run it as one process, without --service", "or on Spark"]
        return ways.joined(separator: ", ")
    }

    // MARK: Joins

    /// The key of what a query's clauses read.
    private mutating func inputKey(of query: QueryPlan) throws(Diagnostic) -> SplitKey {
        guard let first = query.joins.first else { return key(of: query.input) }
        var key = key(of: first.left)
        for (index, join) in query.joins.enumerated() {
            let right = self.key(of: join.right)
            let place = index < query.places.joins.count ? query.places.joins[index] : nil
            key = try joined(key, right, join, at: place ?? query.places.statement)
        }
        isKeyed = true
        return key
    }

    /// A relation that is made before it is read has one: what nobody knows of follows nothing.
    private func key(of relation: Relation) -> SplitKey {
        keys[relation.name] ?? SplitKey(topic: relation.name, names: [], format: "", places: [])
    }

    private func joined(
        _ left: SplitKey, _ right: SplitKey, _ join: JoinPlan, at place: SourceLocation?
    ) throws(Diagnostic) -> SplitKey {
        for (key, expressions, side) in [
            (left, join.leftKeys, join.left), (right, join.rightKeys, join.right),
        ]
        where !key.isCovered(by: expressions) {
            let names = side.columns.map(\.name) + PseudoColumn.allCases.map(\.name)
            let text = expressions.map { $0.text(names) }.joined(separator: ", ")
            throw Diagnostic(
                .unsupported,
                "the join by \(text) \(Self.reason(key)): rows that meet lie in several partitions",
                at: place, hint: Self.wayOut(text, key))
        }
        guard left.format == right.format, let pairs = Self.pairs(left, right, join) else {
            throw Diagnostic(
                .unsupported,
                "the join's sides are keyed otherwise: the \(left.text) is \(left.format), the \(right.text) "
                    + "\(right.format)", at: place,
                expected: "keys of the same columns, types and format",
                hint: Self.wayOut("", left))
        }
        var joined = left
        joined.places = left.places.indices.map { part in
            // A side without a partner is NULL.
            var places: Set<Int> = []
            if !join.kind.keepsRight { places.formUnion(left.places[part].map { join.leftStart + $0 }) }
            if !join.kind.keepsLeft { places.formUnion(right.places[part].map { join.rightStart + $0 }) }
            if join.mode != .foreignKey, pairs[part] < join.output.keyCount { places.insert(pairs[part]) }
            return places
        }
        return joined
    }

    /// For each part of the key which of the join's pairs compares it; nil where parts are compared across.
    private static func pairs(_ left: SplitKey, _ right: SplitKey, _ join: JoinPlan) -> [Int]? {
        guard left.names.count == right.names.count else { return nil }
        var pairs: [Int] = []
        for part in left.places.indices {
            let found = join.leftKeys.indices.first { index in
                guard case .column(let one, _) = join.leftKeys[index],
                    case .column(let other, _) = join.rightKeys[index]
                else { return false }
                return left.places[part].contains(one) && right.places[part].contains(other)
            }
            guard let found else { return nil }
            pairs.append(found)
        }
        return pairs
    }
}
