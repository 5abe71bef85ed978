/// Which units a statement may have changed, found without a look into those that it left alone.
public struct UnitChanges: Sendable {
    /// Units that are new, or made of other parts; some may be as they were.
    public private(set) var outlines: [UnitOutline] = []
    /// Names of units that are not there any more.
    public private(set) var removed: Set<String> = []

    public init(from former: PipelinePlan, to plan: PipelinePlan) {
        let altered = plan.catalogue.relations(differentFrom: former.catalogue).map(\.name)
        // Nobody reads what has just been made.
        let moved = Set(altered.filter { former.catalogue.relation($0) != nil })
        var (left, right) = (0, 0)
        var others: [QueryPlan] = []
        var gone: [QueryPlan] = []
        while right < plan.queries.count {
            let query = plan.queries[right]
            let old = left < former.queries.count ? former.queries[left] : nil
            if let old, query.isSame(as: old) {
                if !moved.isEmpty, query.sources.contains(where: { moved.contains($0.name) }) {
                    others.append(query)
                }
                left += 1
            } else if let old, query.id != old.id, !plan.queries[right...].contains(where: old.isSame) {
                // Taken away, or put at the end in another form.
                gone.append(old)
                left += 1
                continue
            } else {
                others.append(query)
                if query.id == old?.id { left += 1 }
            }
            right += 1
        }
        gone += former.queries[left...]
        outlines = others.compactMap(plan.outline)
        removed = Set(gone.map(former.unitName))
        removed.subtract(others.map(plan.unitName))
        takeOthers(former, plan, Set(altered))
    }

    /// Tables that are only read, connectors, and what lives in no topic: there are few of them.
    private mutating func takeOthers(_ former: PipelinePlan, _ plan: PipelinePlan, _ altered: Set<String>) {
        let isFewer = former.catalogue.order.count + altered.count > plan.catalogue.order.count
        if !altered.isEmpty || isFewer {
            let before = Set(former.viewOutlines.map(\.name))
            let now = plan.viewOutlines
            outlines += now.filter { altered.contains($0.sources[0].name) }
            removed.formUnion(before.subtracting(now.map(\.name)))
        }
        let sinks = plan.sinkOutlines
        outlines += sinks
        removed.formUnion(Set(former.sinkOutlines.map(\.name)).subtracting(sinks.map(\.name)))
        removed.remove(PipelinePlan.localUnit)
        if let local = plan.localOutline {
            outlines.removeAll { $0.name == local.name }
            outlines.append(local)
        } else if former.localOutline != nil {
            removed.insert(PipelinePlan.localUnit)
        }
    }
}
