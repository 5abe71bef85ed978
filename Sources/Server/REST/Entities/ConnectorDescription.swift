import Columnar
import Formats
import Planning

/// `connector_description`: DESCRIBE CONNECTOR.
struct ConnectorDescription: Entity {
    private let sinks: [SinkPlan]
    private let snapshot: EngineSnapshot
    private let address: String

    /// - Parameter sink: one of the connector's.
    init(_ sink: SinkPlan, of snapshot: EngineSnapshot, address: String) {
        sinks = snapshot.plan.sinks.filter { $0.connector == sink.connector }
        self.snapshot = snapshot
        self.address = address
    }

    var type: String { "connector_description" }

    var members: [JSONValue.Member] {
        let worker = JSONValue.string(address)
        let states = sinks.map { snapshot.connectorState($0) }
        let tasks = sinks.enumerated().map { index, sink -> JSONValue in
            let trace = snapshot.trace(of: sink)
            return [
                "id": .number(index), "state": .string(states[index]), "worker_id": worker,
                "trace": trace.map { .string($0) } ?? .null,
            ]
        }
        var topics: [JSONValue] = []
        for sink in sinks {
            if let topic = sink.from.topic { topics.append(.string(topic.name)) }
        }
        return [
            .init("connectorClass", .string(sinks.first?.className ?? "")),
            .init(
                "status",
                [
                    "name": .string(sinks.first?.connector ?? ""),
                    "connector": [
                        "state": .string(states.first { $0 != "RUNNING" } ?? "RUNNING"), "worker_id": worker,
                        "trace": .null,
                    ],
                    "tasks": .array(tasks), "type": "sink",
                ]),
            .init("sources", .array(sinks.map { .string($0.from.name) })),
            .init("topics", .array(topics)),
        ]
    }
}

extension EngineSnapshot {
    /// What keeps a connector's task from its work, for people; nil where nothing does.
    public func trace(of sink: SinkPlan) -> String? {
        guard let standing = standing(of: sink) else { return nil }
        if let failure = standing.failure { return failure.answer }
        guard standing.state == .running, case .retrying(let reason, let since) = standing.status.phase else {
            return nil
        }
        return "RETRYING since \(Civil.timestampText(milliseconds: since)): \(reason.answer)"
    }
}
