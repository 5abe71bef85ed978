import Columnar
import Formats
import Runtime
import Simulation

/// What a run has done, for a person or a program.
struct RunSummary {
    let name: String
    private let clock = WallClock()
    private let begun: Int64

    init(name: String) {
        self.name = name
        begun = clock.now()
    }

    /// One line.
    func text(_ status: PipelineStatus) -> String {
        let elapsed = NumberDisplay.duration(milliseconds: clock.now() - begun)
        let part = status.service.map { " by \(LiveView.tasks(of: $0))" } ?? ""
        return "\(name): \(NumberDisplay.grouped(status.records)) events so far\(part) "
            + "(\(NumberDisplay.bytes(status.sources.reduce(0) { $0 + $1.bytes }))), "
            + "\(NumberDisplay.count(status.setAside, "dead letter")), "
            + "\(NumberDisplay.count(status.committedEpochs, "epoch")) committed, in \(elapsed)"
    }

    /// One compact JSON object.
    ///
    /// Keys: `pipeline`, `events`, `bytes`, `dead_letters`, `late`, `duplicates`, `lag_bytes`,
    /// `committed_epochs`,
    /// `state_bytes`, `watermark`, `elapsed_ms`, `sources`, `relations`, `incidents`; with quality rules also
    /// `rules`, `quarantined_rows` and `stopped_sinks`, in a service `service`.
    func json(_ status: PipelineStatus) -> String {
        RunSummary.json(name, status, elapsedMilliseconds: clock.now() - begun)
    }

    static func json(_ name: String, _ status: PipelineStatus, elapsedMilliseconds: Int64) -> String {
        let sources = status.sources.map { source -> JSONValue in
            [
                "name": .string(source.name), "events": .number(source.records),
                "bytes": .number(source.bytes),
                "dead_letters": .number(source.deadLetters), "lag_bytes": .number(source.lagBytes),
                "watermark": RunSummary.time(source.watermark),
            ]
        }
        let relations = status.relations.map { relation -> JSONValue in
            [
                "name": .string(relation.name), "kind": relation.isTable ? "table" : "stream",
                "rows": .number(relation.rows), "late": .number(relation.late),
                "duplicates": .number(relation.duplicates),
                "sinks": .array(relation.sinks.map { .string($0) }),
            ]
        }
        var object: JSONValue = [
            "pipeline": .string(name), "events": .number(status.records),
            "bytes": .number(status.sources.reduce(0) { $0 + $1.bytes }),
            "dead_letters": .number(status.setAside), "late": .number(status.late),
            "duplicates": .number(status.duplicates), "lag_bytes": .number(status.lagBytes),
            "committed_epochs": .number(status.committedEpochs), "state_bytes": .number(status.stateBytes),
            "watermark": RunSummary.time(status.watermark), "elapsed_ms": .number(elapsedMilliseconds),
            "sources": .array(sources), "relations": .array(relations),
            "incidents": .array(status.incidents.map { .string($0.oneLine) }),
        ]
        if !status.rules.isEmpty || !status.stoppedSinks.isEmpty, case .object(let members) = object {
            object = .object(members + quality(status))
        }
        if let service = status.service, case .object(let members) = object {
            let share: JSONValue = [
                "name": .string(service.name), "tasks": .number(service.taskCount),
                "own": .array(service.tasks.map { .number($0) }),
                "processes": .number(service.members),
            ]
            object = .object(members + [.init("service", share)])
        }
        return object.text
    }

    private static func quality(_ status: PipelineStatus) -> [JSONValue.Member] {
        let rules = status.rules.map { rule -> JSONValue in
            [
                "name": .string(rule.name), "relation": .string(rule.relation),
                "status": rule.status.map { .string($0.rawValue) } ?? .null, "finding": .string(rule.finding),
            ]
        }
        let stopped = status.stoppedSinks.map { sink -> JSONValue in
            [
                "name": .string(sink.name), "rule": .string(sink.rule), "since_epoch": .number(sink.epoch),
                "withheld_rows": .number(sink.withheldRows),
            ]
        }
        return [
            .init("rules", .array(rules)), .init("quarantined_rows", .number(status.quarantinedRows)),
            .init("stopped_sinks", .array(stopped)),
        ]
    }

    private static func time(_ milliseconds: Int64?) -> JSONValue {
        milliseconds.map { .string(Civil.timestampText(milliseconds: $0) + "Z") } ?? .null
    }
}
