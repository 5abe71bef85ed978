import Columnar
import Expressions

/// A relation that gets more columns: what changes in queries that read or write it already.
///
/// They go on as they were: what reads it does not see the new columns, what writes it leaves them NULL. Only
/// positions behind the place of the new columns move.
struct RelationWidening {
    let wide: Relation
    /// Where the new columns stand.
    let position: Int
    let count: Int

    /// nil when `wide` is not `narrow` with more columns at the end of the records' values.
    init?(from narrow: Relation, to wide: Relation) {
        let position = narrow.keyCount + narrow.recordValues.count
        let count = wide.columns.count - narrow.columns.count
        guard count >= 0, narrow.keyCount == wide.keyCount, narrow.windowing == wide.windowing,
            narrow.columns[..<position] == wide.columns[..<position],
            Array(narrow.columns[position...]) == Array(wide.columns[(position + count)...])
        else { return nil }
        self.wide = wide
        self.position = position
        self.count = count
    }

    /// The same query over the wider relation.
    func applied(to query: QueryPlan) throws(TypeError) -> QueryPlan {
        let touches = query.output.name == wide.name || query.sources.contains { $0.name == wide.name }
        guard touches else { return query }
        var (input, place) = (query.input, query.input.name == wide.name ? position : nil)
        if place != nil { input = wide }
        var joins: [JoinPlan] = []
        for join in query.joins {
            let moved = applied(to: join, leftPlace: joins.isEmpty ? nil : place)
            joins.append(moved.plan)
            (input, place) = (moved.plan.output, moved.place ?? place)
        }
        let columns = Shift(place: place ?? .max, count: count)
        var result = QueryPlan(
            id: query.id, input: input, joins: joins, filter: query.filter.map(columns.applied),
            deduplication: query.deduplication.map {
                DeduplicationPlan(keys: $0.keys.map(columns.applied), within: $0.within)
            },
            tableFunctions: query.tableFunctions.map {
                TableFunction(argument: columns.applied($0.argument), text: $0.text)
            },
            priorRows: query.priorRows?.mapping(columns.applied),
            shape: columns.applied(query.shape), output: query.output, outputTime: query.outputTime,
            outputWatermarkDelay: query.outputWatermarkDelay, insertion: query.insertion,
            places: query.places)
        if query.output.name == wide.name, query.insertion != nil { result = try written(result) }
        return result
    }

    /// A query that writes the relation, with NULL in the new columns.
    private func written(_ query: QueryPlan) throws(TypeError) -> QueryPlan {
        guard case .projection(var list) = query.shape else { return query }
        for index in position..<position + count {
            list.insert(try .makeCast(.null, to: wide.columns[index].type), at: index)
        }
        return QueryPlan(
            id: query.id, input: query.input, joins: query.joins, filter: query.filter,
            deduplication: query.deduplication, tableFunctions: query.tableFunctions,
            priorRows: query.priorRows, shape: .projection(list), output: wide, outputTime: query.outputTime,
            outputWatermarkDelay: query.outputWatermarkDelay, insertion: query.insertion,
            places: query.places)
    }

    /// - Parameter leftPlace: where the left side, a join, has got the new columns.
    /// - Returns: the join, and where its row has got them.
    private func applied(to join: JoinPlan, leftPlace: Int?) -> (plan: JoinPlan, place: Int?) {
        let isLeft = join.left.name == wide.name
        let isRight = join.right.name == wide.name
        guard let place = isLeft ? position : isRight ? position : leftPlace else { return (join, nil) }
        let start = isRight ? join.rightStart : join.leftStart
        let own = Shift(place: place, count: count)
        let left =
            isLeft
            ? wide : isRight ? join.left : own.inserting(columns(of: join.left, place), into: join.left)
        var output = join.output
        let joined = Shift(place: start + place, count: count)
        output = joined.inserting(columns(of: join.output, start + place), into: output)
        let plan = JoinPlan(
            kind: join.kind, mode: join.mode, left: left, right: isRight ? wide : join.right,
            leftKeys: isRight ? join.leftKeys : join.leftKeys.map(own.applied),
            rightKeys: isRight ? join.rightKeys.map(own.applied) : join.rightKeys, output: output)
        return (plan, start + place)
    }

    /// The new columns by the names that they have in a joined row.
    private func columns(of row: Relation, _ place: Int) -> [RelationColumn] {
        let front = place > 0 && place <= row.columns.count ? row.columns[place - 1].name : ""
        let plain = position > 0 ? wide.columns[position - 1].name : ""
        let qualifier = front.hasSuffix(plain) ? String(front.dropLast(plain.count)) : ""
        return wide.columns[position..<position + count].map { RelationColumn(qualifier + $0.name, $0.type) }
    }

    /// Columns of a row that move to make place for others.
    private struct Shift {
        let place: Int
        let count: Int

        func applied(_ expression: Expression) -> Expression {
            expression.mappingColumns { $0 < place ? $0 : $0 + count }
        }

        func applied(_ shape: QueryPlan.Shape) -> QueryPlan.Shape {
            switch shape {
            case .projection(let list): return .projection(list.map(applied))
            case .aggregation(let plan):
                return .aggregation(
                    AggregationPlan(
                        groupBy: plan.groupBy.map(applied), window: plan.window,
                        aggregates: plan.aggregates.map {
                            AggregateCall(
                                name: $0.name, function: $0.function, arguments: $0.arguments.map(applied),
                                text: $0.text)
                        },
                        having: plan.having, projection: plan.projection, emission: plan.emission,
                        rowLifetime: plan.rowLifetime))
            }
        }

        /// A row made by a join, with the columns put in.
        func inserting(_ columns: [RelationColumn], into row: Relation) -> Relation {
            Relation(
                name: row.name, kind: row.kind,
                columns: row.columns[..<place] + columns + row.columns[place...],
                keyCount: row.keyCount, windowing: row.windowing, origin: row.origin, topic: row.topic)
        }
    }
}
