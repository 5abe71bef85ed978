import Planning
import State

/// A view, and whose records it depends on.
struct ViewNode {
    let view: TableView
    let sources: Set<String>
    /// Relations whose watermarks tell it which windows are over.
    let clocks: Set<String>
}

extension FlowBuilder {
    func makeView(_ relation: Relation) -> TableView {
        let layout = ViewLayout(relation, windows(of: relation))
        let stores = (0..<ShardedRows.shardCount).map { makeStore(layout.state(shard: $0)) }
        return TableView(layout, stores: stores, seed: seed)
    }

    /// The windows of a table, also where it is made of one that has them.
    private func windows(of relation: Relation) -> ViewWindows? {
        guard let windowing = relation.windowing else { return nil }
        guard let query = plan.queries.first(where: { $0.output.name == relation.name }) else {
            return ViewWindows(windowing)
        }
        if case .aggregation(let plan) = query.shape, let window = plan.window { return ViewWindows(window) }
        return query.joins.isEmpty ? windows(of: query.input) : ViewWindows(windowing)
    }

    func viewNodes(_ outputs: [String: Outputs], _ ways: [String: Way]) -> [ViewNode] {
        plan.catalogue.order.compactMap { name in
            guard let view = outputs[name]?.view else { return nil }
            let way = ways[name] ?? Way(source: name)
            return ViewNode(view: view, sources: way.sources, clocks: way.clocks)
        }
    }
}
