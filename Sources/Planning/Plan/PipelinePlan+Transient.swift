extension PipelinePlan {
    /// The part of the plan that makes what a push query asks for, from topics and files on.
    ///
    /// - Parameter hidden: the relation that only this question made.
    public func transient(answering answer: AnswerPlan, hidden: String) -> PipelinePlan {
        var found: [String: Relation] = [:]
        var wanted = [answer.source.name]
        while let name = wanted.popLast() {
            guard found[name] == nil, let relation = catalogue.relation(name) else { continue }
            if name != hidden, let read = relation.readFromTopic {
                // Whoever makes it has put it there.
                found[name] = read
                continue
            }
            found[name] = relation.withoutTopic
            for query in queries where query.output.name == name { wanted += query.sources.map(\.name) }
        }
        var plan = PipelinePlan()
        plan.settings = settings
        plan.registry = registry
        plan.catalogue.types = catalogue.types
        for name in catalogue.order { if let relation = found[name] { plan.catalogue.define(relation) } }
        plan.queries = queries.filter { found[$0.output.name].map { $0.topic == nil } ?? false }
        return plan
    }
}

extension Relation {
    fileprivate var withoutTopic: Relation {
        Relation(
            name: name, kind: kind, columns: columns, keyCount: keyCount, windowing: windowing, origin: origin
        )
    }
}
