import Columnar
import Planning
import State

extension FlowBuilder {
    /// The joins of a query, tied to their inputs.
    func makeJoins(
        _ query: QueryPlan, _ outputs: [String: Outputs], _ ways: inout [String: Way], _ slots: Int
    ) -> [FlowNode] {
        var nodes: [FlowNode] = []
        for (plan, kept) in zip(query.joins, JoinNeeds.kept(query)) {
            guard let output = outputs[plan.output.name] else { continue }
            let left = ways[plan.left.name] ?? Way(source: plan.left.name)
            let right = ways[plan.right.name] ?? Way(source: plan.right.name)
            let isOfStreamAndTable = plan.mode == .streamTable
            let level = isOfStreamAndTable ? left.level : max(left.level, right.level)
            let way = Way(
                level: level + 1, sources: left.sources.union(right.sources),
                clocks: isOfStreamAndTable ? left.clocks : left.clocks.union(right.clocks),
                delay: left.delay)
            ways[plan.output.name] = way
            let made = makeJoin(JoinedLayout(plan, kept: kept), output, level, slots)
            outputs[plan.left.name]?.joins.append((made, .left))
            outputs[plan.right.name]?.joins.append((made, .right))
            nodes.append(
                FlowNode(
                    join: made, sources: way.sources, clocks: way.clocks,
                    sideClocks: plan.mode.isOfStreams ? [left.clocks, right.clocks] : [],
                    meetsItself: isOfStreamAndTable && !left.sources.isDisjoint(with: right.sources),
                    leading: isOfStreamAndTable ? right.sources.subtracting(left.sources) : []))
        }
        return nodes
    }

    private func makeJoin(
        _ layout: JoinedLayout, _ output: Outputs, _ level: Int, _ slots: Int
    ) -> any JoinOperator {
        func stores(_ layout: (JoinPlan, Int) -> StateLayout, _ plan: JoinPlan) -> [KeyedStateStore] {
            (0..<ShardedRows.shardCount).map { makeStore(layout(plan, $0)) }
        }
        let plan = layout.plan
        switch plan.mode {
        case .rows: preconditionFailure("a pull query's joins are no operators")
        case .tables:
            return TableJoinOperator(
                layout, outputs: output, level: level, stores: stores(TableJoinOperator.stateLayout, plan),
                seed: seed)
        case .streamTable:
            return StreamTableJoinOperator(
                layout, outputs: output, level: level,
                stores: stores(StreamTableJoinOperator.stateLayout, plan), seed: seed, slots: slots)
        case .streams(let window):
            let kept = JoinSide.allCases.map { side in
                stores({ StreamJoinOperator.stateLayout($0, side, shard: $1) }, plan)
            }
            let unmatched = JoinSide.allCases.map { side in
                stores({ StreamJoinOperator.unmatchedLayout($0, side, shard: $1) }, plan)
            }
            let time = StreamJoinTime(
                rule: self.plan.emitsPerRecord ? .streamTime : .watermarks, window: window)
            return StreamJoinOperator(
                layout, time, outputs: output, level: level, stores: kept, unmatched: unmatched, seed: seed,
                slots: slots)
        case .foreignKey:
            return ForeignKeyJoinOperator(
                layout, outputs: output, level: level,
                named: stores(ForeignKeyJoinOperator.namedLayout, plan),
                met: stores(ForeignKeyJoinOperator.metLayout, plan), seed: seed,
                emitsPerRecord: self.plan.emitsPerRecord)
        }
    }
}
