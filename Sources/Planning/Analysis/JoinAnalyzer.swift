import Columnar
import Diagnostics
import Expressions
import Language

/// Turns FROM and its JOINs into a chain of joins, each with what its sides must have in common.
struct JoinAnalyzer {
    typealias Typed = Expressions.Expression

    let catalogue: Catalogue
    let types: TypeTranslator
    /// The id of the query, for the names of what joins make.
    let id: String
    /// Whether the sources are rows that are there, once, and not records that come.
    var readsRows = false

    var statement: Statement { types.statement }

    /// What the joins so far have made.
    private struct Chain {
        var relation: Relation
        var sources: [Scope.Source]
        var joins: [JoinPlan] = []
        /// For each part of the key the expressions over the row that are known to be equal to it.
        var keys: [[Typed]]
        var syntheticKey: Scope.Binding?
    }

    func input(
        _ query: Query, first: Relation, find: (SourceReference) throws(Diagnostic) -> Relation
    )
        throws(Diagnostic) -> QueryInput
    {
        let qualifier = query.from.qualifier.text
        guard !query.joins.isEmpty else {
            return QueryInput(first, scope: Scope(relation: first, qualifier: qualifier))
        }
        var chain = Chain(
            relation: first, sources: [Scope.Source(relation: first, qualifier: qualifier)],
            keys: first.keys.enumerated().map { [.column($0, $1.type)] })
        for join in query.joins {
            let right = try find(join.source)
            try refuseRepeated(right, join, chain, isOnly: query.joins.count == 1)
            chain = try joined(chain, right, join)
        }
        let scope = Scope(chain.sources, syntheticKey: chain.syntheticKey)
        let columns =
            chain.sources.flatMap { $0.columns + $0.pseudoColumns }
            + (chain.syntheticKey.map { [$0] } ?? [])
        let keys = chain.keys.map { equal in
            equal.compactMap { typed in columns.first { $0.column == typed } }
        }
        return QueryInput(chain.joins, scope: scope, keys: keys, relation: chain.relation)
    }

    private func refuseRepeated(
        _ right: Relation, _ join: Join, _ chain: Chain, isOnly: Bool
    ) throws(Diagnostic) {
        let place = statement.location(of: join.source.span)
        if !readsRows, chain.sources.contains(where: { $0.relationName == right.name }) {
            throw Diagnostic(
                .invalidStatement,
                isOnly
                    ? "\(right.name) is joined to itself" : "\(right.name) is a source of this query twice",
                at: place, expected: "different streams or tables",
                hint: "make a second one of it: CREATE … AS SELECT * FROM \(right.name)")
        }
        if chain.sources.contains(where: { $0.qualifier == join.source.qualifier.text }) {
            throw Diagnostic(
                .invalidStatement, "two sources are called \(join.source.qualifier.text)", at: place,
                hint: "give one another alias")
        }
    }

    // MARK: One join

    private func joined(_ chain: Chain, _ right: Relation, _ join: Join) throws(Diagnostic) -> Chain {
        let rightSource = Scope.Source(relation: right, qualifier: join.source.qualifier.text)
        if readsRows { return try joinedRows(chain, right, rightSource, join) }
        let (leftKey, rightKey) = try condition(join.condition, join, chain, rightSource, right)
        let mode = try mode(
            join, left: chain.relation, leftName: chain.sources[0].relationName, isFirst: chain.joins.isEmpty,
            isLeftKey: chain.keys.count == 1 && chain.keys[0].contains(leftKey), right: right,
            rightKey: rightKey)
        var leftKeys = [leftKey]
        var rightKeys = [rightKey]
        if chain.relation.windowing != nil || right.windowing != nil {
            try checkWindows(join, chain.relation, right, leftKey, rightKey)
            for bound in [PseudoColumn.windowStart, .windowEnd] {
                leftKeys.append(.column(chain.relation.position(of: bound), bound.type))
                rightKeys.append(.column(right.position(of: bound), bound.type))
            }
        }
        let output = output(join, chain, right, mode, leftKey)
        let plan = JoinPlan(
            kind: JoinPlan.Kind(join.kind), mode: mode, left: chain.relation, right: right,
            leftKeys: leftKeys, rightKeys: rightKeys, output: output)
        var result = Chain(
            relation: output,
            sources: chain.sources.map { $0.shifted(by: plan.leftStart) }
                + [rightSource.shifted(by: plan.rightStart)],
            joins: chain.joins + [plan], keys: [])
        keys(of: plan, chain, leftKey, rightKey, into: &result)
        return result
    }

    /// Which columns stand for the joined row's key, and its name where none does.
    private func keys(
        of plan: JoinPlan, _ chain: Chain, _ leftKey: Typed, _ rightKey: Typed, into result: inout Chain
    ) {
        func left(_ typed: Typed) -> Typed { typed.mappingColumns { $0 + plan.leftStart } }
        if plan.mode == .foreignKey {
            result.keys = chain.keys.map { $0.map(left) }
            return
        }
        var equal: [Typed] = []
        if plan.kind != .full {
            let before = chain.keys.count == 1 ? chain.keys[0] : []
            // The key before stays a key: its equals stay equal.
            equal = (before.contains(leftKey) ? before : [leftKey]).map(left)
            equal.append(rightKey.mappingColumns { $0 + plan.rightStart })
        }
        let columns = result.sources.flatMap { $0.columns + $0.pseudoColumns }
        if !equal.contains(where: { typed in columns.contains { $0.column == typed } }) {
            let name = Self.syntheticName(columns.map(\.name))
            let binding = Scope.Binding(name: name, position: 0, type: leftKey.type)
            result.syntheticKey = binding
            equal.append(binding.column)
        }
        result.keys = [equal]
    }

    private static func syntheticName(_ taken: [String]) -> String {
        var name = "ROWKEY"
        var number = 0
        while taken.contains(name) {
            number += 1
            name = "ROWKEY_\(number)"
        }
        return name
    }

    private func output(
        _ join: Join, _ chain: Chain, _ right: Relation, _ mode: JoinPlan.Mode, _ leftKey: Typed?
    ) -> Relation {
        var columns: [RelationColumn]
        switch mode {
        case .foreignKey: columns = Array(chain.relation.keys)
        case .rows: columns = []
        default: columns = leftKey.map { [RelationColumn("ROWKEY", $0.type)] } ?? []
        }
        let keyCount = columns.count
        func add(_ relation: Relation, _ qualifier: String) {
            let front = qualifier.isEmpty ? "" : qualifier + "_"
            columns += relation.columns.map { RelationColumn(front + $0.name, $0.type) }
            columns += PseudoColumn.allCases.map { RelationColumn(front + $0.name, $0.type) }
        }
        // What an earlier join made has its sources' names in front already.
        add(chain.relation, chain.joins.isEmpty ? chain.sources[0].qualifier : "")
        add(right, join.source.qualifier.text)
        return Relation(
            name: "\(id)/join/\(chain.joins.count)", kind: chain.relation.kind, columns: columns,
            keyCount: keyCount, windowing: readsRows ? nil : chain.relation.windowing,
            origin: .query(id: id),
            topic: chain.relation.topic)
    }

    /// A join of rows that are there: on one or more equalities of whatever either side has.
    private func joinedRows(
        _ chain: Chain, _ right: Relation, _ rightSource: Scope.Source, _ join: Join
    ) throws(Diagnostic) -> Chain {
        if let within = join.within {
            throw Diagnostic(
                .invalidStatement, "a pull query's join has no WITHIN",
                at: statement.location(of: within.span),
                hint: "remove it, and compare the times in WHERE: a.ROWTIME - b.ROWTIME")
        }
        var leftKeys: [Typed] = []
        var rightKeys: [Typed] = []
        for part in Self.parts(of: join.condition) {
            let (left, right) = try condition(part, join, chain, rightSource, right)
            leftKeys.append(left)
            rightKeys.append(right)
        }
        let output = output(join, chain, right, .rows, nil)
        let plan = JoinPlan(
            kind: JoinPlan.Kind(join.kind), mode: .rows, left: chain.relation, right: right,
            leftKeys: leftKeys, rightKeys: rightKeys, output: output)
        return Chain(
            relation: output,
            sources: chain.sources.map { $0.shifted(by: plan.leftStart) }
                + [rightSource.shifted(by: plan.rightStart)],
            joins: chain.joins + [plan], keys: [])
    }

    private static func parts(of condition: Language.Expression) -> [Language.Expression] {
        guard case .logical(.and, let left, let right) = condition.kind else { return [condition] }
        return parts(of: left) + parts(of: right)
    }

    // MARK: ON

    /// The two sides of the condition, over the left and the right row.
    private func condition(
        _ condition: Language.Expression, _ join: Join, _ chain: Chain, _ rightSource: Scope.Source,
        _ right: Relation
    ) throws(Diagnostic) -> (Typed, Typed) {
        let text = statement.fragment(condition.span)
        guard case .comparison(.equal, let first, let second) = condition.kind else {
            if case .logical(.and, _, _) = condition.kind {
                throw Diagnostic(
                    .invalidStatement, "the join has several conditions",
                    at: statement.location(of: condition.span), expected: "one comparison: left = right",
                    hint: "join on a STRUCT of the columns, or move the others to WHERE")
            }
            throw Diagnostic(
                .invalidStatement, "a join can't have the condition \(text)",
                at: statement.location(of: condition.span), expected: "left = right",
                hint: "move other conditions to WHERE")
        }
        let shift = chain.relation.width
        let sources = chain.sources + [rightSource.shifted(by: shift)]
        let scope = Scope(sources, syntheticKey: chain.syntheticKey)
        try checkQualifiers(condition, scope)
        let translator = ExpressionTranslator(scope: scope, types: types)
        let typed = (try translator.translate(first), try translator.translate(second))
        let owners = (
            try owner(of: typed.0, first, sources, condition),
            try owner(of: typed.1, second, sources, condition)
        )
        let isFlipped = owners.0 == sources.count - 1
        let other = isFlipped ? owners.1 : owners.0
        guard isFlipped || owners.1 == sources.count - 1, other < sources.count - 1 else {
            throw Diagnostic(
                .invalidStatement, "the join condition \(text) does not name \(rightSource.qualifier) once",
                at: statement.location(of: condition.span),
                expected: "one side over \(rightSource.qualifier), the other over "
                    + chain.sources.map(\.qualifier).joined(separator: " or "))
        }
        let left = isFlipped ? typed.1 : typed.0
        let rightKey = (isFlipped ? typed.0 : typed.1).mappingColumns { $0 - shift }
        if readsRows, let widened = Self.widened(left, rightKey) { return widened }
        guard left.type == rightKey.type else {
            throw Diagnostic(
                .typeMismatch,
                "the sides of the join condition \(text) are \(typed.0.type.sql) and \(typed.1.type.sql)",
                at: statement.location(of: condition.span), expected: "two values of one type",
                hint: "CAST one of them")
        }
        return (left, rightKey)
    }

    /// Both sides in one type that can tell them equal.
    private static func widened(_ left: Typed, _ right: Typed) -> (Typed, Typed)? {
        guard left.type != right.type, let type = TypeRules.common(left.type, right.type),
            let one = try? left.coerced(to: type), let other = try? right.coerced(to: type)
        else { return nil }
        return (one, other)
    }

    /// A source that is not there is told before a column that several sources have.
    private func checkQualifiers(_ syntax: Language.Expression, _ scope: Scope) throws(Diagnostic) {
        if case .column(let qualifier, _) = syntax.kind { _ = try scope.named(qualifier, in: statement) }
        for operand in syntax.kind.operands { try checkQualifiers(operand, scope) }
    }

    /// The one source whose columns an expression names.
    private func owner(
        of typed: Typed, _ syntax: Language.Expression, _ sources: [Scope.Source],
        _ condition: Language.Expression
    ) throws(Diagnostic) -> Int {
        var owners: Set<Int> = []
        for position in typed.columns {
            let index = sources.firstIndex { source in
                (source.columns + source.pseudoColumns).contains { $0.position == position }
            }
            // The key that an earlier join made belongs to the left side.
            owners.insert(index ?? 0)
        }
        if owners.count == 1, let owner = owners.first { return owner }
        throw Diagnostic(
            .invalidStatement,
            owners.isEmpty
                ? "\(statement.fragment(syntax.span)) names no source"
                : "\(statement.fragment(syntax.span)) names several sources",
            at: statement.location(of: syntax.span),
            expected: "on each side of the join condition columns of exactly one source")
    }
}

extension JoinPlan.Kind {
    init(_ kind: Join.Kind) {
        switch kind {
        case .inner: self = .inner
        case .left: self = .left
        case .right: self = .right
        case .full: self = .full
        }
    }
}
