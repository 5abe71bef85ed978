import Formats
import Language
import Planning

/// `connector_list`: SHOW CONNECTORS.
struct ConnectorList: Entity {
    let connectors: [JSONValue]

    init(_ direction: CreateConnector.Direction?, of snapshot: EngineSnapshot) {
        // All that there are write.
        let sinks = direction == .source ? [] : snapshot.plan.sinks
        connectors = sinks.map { sink in
            let state = snapshot.connectorState(sink)
            let running = state == "RUNNING" ? 1 : 0
            return [
                "name": .string(sink.name), "type": "sink", "className": .string(sink.connectorClass),
                "state": .string("\(state) (\(running)/1 tasks RUNNING)"),
            ]
        }
    }

    var type: String { "connector_list" }
    var members: [JSONValue.Member] { [.init("connectors", .array(connectors))] }
}

extension EngineSnapshot {
    func standing(of sink: SinkPlan) -> Standing? { connectors.first { $0.id == sink.name } }

    /// Kafka Connect's word.
    func connectorState(_ sink: SinkPlan) -> String {
        switch standing(of: sink)?.state {
        case .running, nil: "RUNNING"
        case .paused: "PAUSED"
        case .failed: "FAILED"
        }
    }
}
