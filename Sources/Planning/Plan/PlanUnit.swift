import Diagnostics

/// A part of a server's plan that is a task of its own.
///
/// A query between topics is one by itself: its sources' topics are its input and its output's topic is its
/// output. What lives in no topic (relations over files, and what queries make of them) is one unit together.
public struct PlanUnit: Sendable {
    /// What the unit's state and position are kept under.
    public let name: String
    public private(set) var plan: PipelinePlan
    /// Relations that are read from topics.
    public let inputs: [Relation]
    /// Relations that its queries write to topics.
    public let outputs: [Relation]
    /// Tables whose rows it holds for questions.
    public let views: Set<String>
    /// Whether it has sources or sinks beside topics, which take their own time.
    public let isConnected: Bool

    /// Has its query work by the settings that held for its statement.
    public mutating func use(_ settings: Settings?) {
        guard let settings else { return }
        plan.settings = settings
        // Nobody else reads its inputs with it, so how long they may be silent is its own affair.
        guard let timeout = settings[.idleTimeout].flatMap(DurationText.parse)?.wholeMilliseconds else {
            return
        }
        for input in inputs { plan.catalogue.define(input.idle(after: timeout)) }
    }

    /// Begins the names of units that only hold the rows of a source's table.
    public static let viewPrefix = "CST_"
    /// Begins the names of connectors' units.
    public static let sinkPrefix = "SINK_"
}

extension Relation {
    /// The relation as whoever reads its topic has it; nil where it has none.
    public var readFromTopic: Relation? {
        guard let topic else { return nil }
        if source != nil { return self }
        var properties = SourceProperties(
            connector: .topic(topic.name), valueFormat: topic.valueFormat, keyFormat: topic.keyFormat)
        properties.delimiter = topic.delimiter
        properties.keyDelimiter = topic.keyDelimiter
        properties.wrapsSingleValue = topic.wrapsSingleValue
        return Relation(
            name: name, kind: kind, columns: columns, keyCount: keyCount, windowing: windowing,
            origin: .source(properties), topic: topic)
    }

    /// The same, as a source that is idle after so many milliseconds if it does not say itself when it is.
    fileprivate func idle(after timeout: Int64) -> Relation {
        guard case .source(var properties) = origin, properties.idleTimeout == nil else { return self }
        properties.idleTimeout = timeout
        return Relation(
            name: name, kind: kind, columns: columns, keyCount: keyCount, windowing: windowing,
            origin: .source(properties), topic: topic)
    }

    /// The relation as a query writes it that has nothing to do with where else it comes from.
    fileprivate func written(by query: String) -> Relation {
        Relation(
            name: name, kind: kind, columns: columns, keyCount: keyCount, windowing: windowing,
            origin: .query(id: query), topic: topic)
    }
}

extension PipelinePlan {
    /// The same without relations that somebody else reads.
    public func withoutRelations(_ names: [String]) -> PipelinePlan {
        var plan = self
        for name in names { plan.catalogue.remove(name) }
        return plan
    }

    /// The name of the unit of what lives in no topic.
    public static let localUnit = "local"

    /// The tasks that the plan is made of, in the order of their statements.
    public var units: [PlanUnit] {
        let local = localOutline.map { [$0] } ?? []
        return (queries.compactMap(outline) + viewOutlines + sinkOutlines + local).map(unit)
    }

    /// The task that a query is by itself; nil for one that lives in no topic.
    func outline(of query: QueryPlan) -> UnitOutline? {
        if query.isLocal { return nil }
        return UnitOutline(name: query.id, .query(query), reading: query.sources.map(latest))
    }

    var viewOutlines: [UnitOutline] {
        catalogue.order.compactMap { name in
            guard let relation = catalogue.relation(name), relation.kind == .table, relation.isReadOnly,
                relation.topic != nil
            else { return nil }
            return UnitOutline(name: PlanUnit.viewPrefix + name, .view, reading: [relation])
        }
    }

    var sinkOutlines: [UnitOutline] {
        sinks.filter { $0.from.topic != nil }.map { sink in
            UnitOutline(name: sink.unitName, .sink(sink), reading: [latest(sink.from)])
        }
    }

    var localOutline: UnitOutline? {
        let local = queries.filter(\.isLocal)
        guard !local.isEmpty || sinks.contains(where: { $0.from.topic == nil }) else { return nil }
        return UnitOutline(name: Self.localUnit, .local(local), reading: [])
    }

    /// What the unit of that name is made of; nil when there is none.
    public func outline(named name: String) -> UnitOutline? {
        if let query = queries.first(where: { $0.id == name }) { return outline(of: query) }
        return (viewOutlines + sinkOutlines).first { $0.name == name }
    }

    /// The catalogue's: it may have got more columns since.
    private func latest(_ source: Relation) -> Relation { catalogue.relation(source.name) ?? source }

    /// The task of an outline of this plan.
    public func unit(_ outline: UnitOutline) -> PlanUnit {
        switch outline.content {
        case .query(let query):
            return unit(
                named: outline.name, reading: outline.sources, query: query,
                views: query.output.kind == .table ? [query.output.name] : [])
        case .view:
            return unit(
                named: outline.name, reading: outline.sources, views: Set(outline.sources.map(\.name)))
        case .sink(let sink): return unit(named: outline.name, reading: outline.sources, sinks: [sink])
        case .local(let queries): return localUnit(queries)
        }
    }

    /// The name of the unit that a query is a part of.
    public func unitName(of query: QueryPlan) -> String { query.isLocal ? Self.localUnit : query.id }

    private func unit(
        named name: String, reading sources: [Relation], query: QueryPlan? = nil, sinks: [SinkPlan] = [],
        views: Set<String> = []
    ) -> PlanUnit {
        var plan = PipelinePlan()
        plan.settings = settings
        plan.registry = registry
        plan.catalogue.types = catalogue.types
        var inputs: [Relation] = []
        for source in sources {
            guard let read = source.readFromTopic, !inputs.contains(where: { $0.name == read.name })
            else { continue }
            inputs.append(read)
            plan.catalogue.define(read)
        }
        var outputs: [Relation] = []
        if let query {
            let written = query.output.written(by: query.id)
            plan.catalogue.define(written)
            plan.queries = [query]
            outputs = [written]
        }
        plan.sinks = sinks
        return PlanUnit(
            name: name, plan: plan, inputs: inputs, outputs: outputs, views: views,
            isConnected: !sinks.isEmpty)
    }

    private func localUnit(_ queries: [QueryPlan]) -> PlanUnit {
        let sinks = sinks.filter { $0.from.topic == nil }
        var plan = self
        plan.queries = queries
        plan.sinks = sinks
        let made = Set(queries.map(\.output.name))
        var inputs: [Relation] = []
        var outputs: [Relation] = []
        for name in catalogue.order {
            guard let relation = catalogue.relation(name), relation.topic != nil else { continue }
            let isRead = queries.contains { $0.sources.contains { $0.name == name } }
            if made.contains(name), let query = queries.first(where: { $0.output.name == name }) {
                let written = relation.written(by: query.id)
                plan.catalogue.define(written)
                outputs.append(written)
            } else if isRead, let read = relation.readFromTopic {
                plan.catalogue.define(read)
                inputs.append(read)
            } else {
                plan.catalogue.remove(name)
            }
        }
        let views = queries.map(\.output).filter { $0.kind == .table }.map(\.name)
        return PlanUnit(
            name: Self.localUnit, plan: plan, inputs: inputs, outputs: outputs, views: Set(views),
            isConnected: true)
    }
}
