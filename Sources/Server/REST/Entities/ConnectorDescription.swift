import Formats
import Planning

/// `connector_description`: DESCRIBE CONNECTOR.
struct ConnectorDescription: Entity {
    private let sink: SinkPlan
    private let state: String
    private let failure: String?
    private let address: String

    init(_ sink: SinkPlan, of snapshot: EngineSnapshot, address: String) {
        self.sink = sink
        self.address = address
        state = snapshot.connectorState(sink)
        failure = snapshot.standing(of: sink)?.failure?.answer
    }

    var type: String { "connector_description" }

    var members: [JSONValue.Member] {
        let worker = JSONValue.string(address)
        let trace: JSONValue = failure.map { .string($0) } ?? .null
        return [
            .init("connectorClass", .string(sink.connectorClass)),
            .init(
                "status",
                [
                    "name": .string(sink.name),
                    "connector": ["state": .string(state), "worker_id": worker, "trace": .null],
                    "tasks": [["id": 0, "state": .string(state), "worker_id": worker, "trace": trace]],
                    "type": "sink",
                ]),
            .init("sources", [.string(sink.from.name)]),
            .init("topics", .array(sink.from.topic.map { [.string($0.name)] } ?? [])),
        ]
    }
}
