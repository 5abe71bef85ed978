import Diagnostics
import Language
import Planning

// What statements change of connectors, beside the plan.
extension Draft {
    /// The tasks of the connector that PAUSE or RESUME names by its task, such as `SINK_LAKE`; nil where it
    /// names none.
    func connectorUnits(_ id: Identifier, _ statement: Statement) throws(Diagnostic) -> [String]? {
        guard id.text.hasPrefix(PlanUnit.sinkPrefix) else { return nil }
        let name = id.text.dropFirst(PlanUnit.sinkPrefix.count)
        let sinks = state.planner.plan.sinks.filter { $0.connector == name }
        guard !sinks.isEmpty else { return nil }
        guard sinks.allSatisfy({ $0.from.topic != nil }) else {
            throw Diagnostic(
                .unsupported,
                "the connector \(name) takes what lives in no topic, and works with its queries",
                at: statement.location(of: id.span),
                hint: "DROP it, or give \(sinks[0].from.name) a topic to pause the connector alone")
        }
        return sinks.map(\.unitName)
    }

    /// The tasks of connectors that the statement makes or changes.
    func units(ofConnector statement: Statement) -> [String] {
        guard case .createConnector(let create) = statement.kind else { return [] }
        return state.planner.plan.sinks
            .filter { $0.connector == create.name.text && $0.from.topic != nil }.map(\.unitName)
    }

    /// A connector that is new begins as its settings say, and one that is gone leaves nothing behind.
    mutating func takeConnectorState(_ settings: Settings, _ statement: Statement) {
        if let wanted = ConnectorState(settings) {
            for unit in units(ofConnector: statement) {
                if wanted == .running { state.paused.remove(unit) } else { state.paused.insert(unit) }
                if wanted == .stopped { state.stopped.insert(unit) } else { state.stopped.remove(unit) }
            }
        }
        let units = Set(state.planner.plan.sinks.map(\.unitName))
        for unit in state.paused where unit.hasPrefix(PlanUnit.sinkPrefix) && !units.contains(unit) {
            state.paused.remove(unit)
            state.stopped.remove(unit)
        }
    }

    /// Where what the statement starts begins to read, by relation.
    func loggedStarts(_ statement: Statement) -> [String: [Int: Int64]] {
        var starts = queryID.flatMap { state.starts[$0] } ?? [:]
        // Each task of a connector has a relation of its own.
        for unit in units(ofConnector: statement) { starts.merge(state.starts[unit] ?? [:]) { $1 } }
        return starts
    }

    mutating func takeStarts(_ starts: [String: [Int: Int64]], _ statement: Statement) {
        if let queryID { state.starts[queryID] = starts }
        for unit in units(ofConnector: statement) { state.starts[unit] = starts }
    }
}
