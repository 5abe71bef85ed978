import Formats
import Language
import Planning

/// `connector_list`: SHOW CONNECTORS.
struct ConnectorList: Entity {
    let connectors: [JSONValue]

    init(_ direction: CreateConnector.Direction?, of snapshot: EngineSnapshot) {
        // All that there are write.
        let sinks = direction == .source ? [] : snapshot.plan.sinks
        var names: [String] = []
        for sink in sinks where !names.contains(sink.connector) { names.append(sink.connector) }
        connectors = names.compactMap { name in
            let own = sinks.filter { $0.connector == name }
            guard let first = own.first else { return nil }
            let states = own.map { snapshot.connectorState($0) }
            let running = states.filter { $0 == "RUNNING" }.count
            return [
                "name": .string(name), "type": "sink", "className": .string(first.className),
                "state": .string(
                    "\(states.first { $0 != "RUNNING" } ?? "RUNNING") "
                        + "(\(running)/\(own.count) tasks RUNNING)"),
            ]
        }
    }

    var type: String { "connector_list" }
    var members: [JSONValue.Member] { [.init("connectors", .array(connectors))] }
}

extension EngineSnapshot {
    public func standing(of sink: SinkPlan) -> Standing? { connectors.first { $0.id == sink.name } }

    /// Kafka Connect's word.
    public func connectorState(_ sink: SinkPlan) -> String {
        switch standing(of: sink)?.state {
        case .running, nil: "RUNNING"
        case .paused: "PAUSED"
        case .stopped: "STOPPED"
        case .failed: "FAILED"
        }
    }
}
