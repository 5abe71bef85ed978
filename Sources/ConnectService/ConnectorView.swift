import Diagnostics
import Formats
import Language
import Planning
import Server

/// A connector as Kafka Connect shows it.
///
/// Its state is the worst of its tasks': one for each topic. What waits for a database runs, with the reason
/// in its trace.
struct ConnectorView {
    let name: String
    let sinks: [SinkPlan]
    /// As they were given, without the name.
    let settings: [(name: String, value: String)]
    private let snapshot: EngineSnapshot
    private let worker: String

    /// nil where there is none of that name.
    init?(_ name: String, in snapshot: EngineSnapshot, worker: String) {
        let sinks = snapshot.plan.sinks.filter { $0.connector == name }
        guard let first = sinks.first else { return nil }
        self.name = name
        self.sinks = sinks
        self.snapshot = snapshot
        self.worker = worker
        // Names that a statement has without quotes are in upper case.
        settings = first.properties.given.filter { $0.name.lowercased() != "name" }.map { given in
            (given.name == given.name.uppercased() ? given.name.lowercased() : given.name, given.value)
        }
    }

    var topics: [String] { sinks.compactMap { $0.from.topic?.name } }

    var config: JSONValue {
        .object(
            settings.map { .init($0.name, .string(ConnectSettings.shown($0.name, $0.value))) }
                + [.init("name", .string(name))])
    }

    private var taskNames: JSONValue {
        .array(sinks.indices.map { ["connector": .string(name), "task": .number($0)] })
    }

    var info: JSONValue {
        ["name": .string(name), "config": config, "tasks": taskNames, "type": "sink"]
    }

    var taskConfigs: JSONValue {
        .array(
            sinks.indices.map { index in
                ["id": ["connector": .string(name), "task": .number(index)], "config": config]
            })
    }

    private func state(_ sink: SinkPlan) -> String {
        guard let standing = snapshot.standing(of: sink) else { return "UNASSIGNED" }
        let isBeginning = standing.isStarting && snapshot.trace(of: sink) == nil
        if standing.state == .running, isBeginning { return "UNASSIGNED" }
        return snapshot.connectorState(sink)
    }

    /// nil for a number that no task has.
    func taskStatus(_ number: Int) -> JSONValue? {
        guard sinks.indices.contains(number) else { return nil }
        var members: [JSONValue.Member] = [
            .init("id", .number(number)), .init("state", .string(state(sinks[number]))),
            .init("worker_id", .string(worker)),
        ]
        if let trace = snapshot.trace(of: sinks[number]) { members.append(.init("trace", .string(trace))) }
        return .object(members)
    }

    var isStopped: Bool { sinks.allSatisfy { snapshot.standing(of: $0)?.state == .stopped } }

    var status: JSONValue {
        let states = sinks.map { snapshot.connectorState($0) }
        // A connector runs when a task of it has failed: its own work is done with its configuration.
        let own = states.first { $0 == "STOPPED" || $0 == "PAUSED" } ?? "RUNNING"
        // What is stopped has no tasks.
        let tasks = isStopped ? [] : sinks.indices.compactMap { taskStatus($0) }
        return [
            "name": .string(name),
            "connector": ["state": .string(own), "worker_id": .string(worker)],
            "tasks": .array(tasks), "type": "sink",
        ]
    }
}
