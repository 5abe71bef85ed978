import Columnar
import Connectors
import Diagnostics
import Formats
import Language
import Planning
import Runtime
import Storage
import TestRunner

/// Runs statements over input in memory, in some way, and keeps what came out.
struct PipelineRun {
    /// What a source reads: lines of a file, or a topic's messages.
    enum Input {
        case lines([String])
        case messages([MemoryRecord])

        var count: Int {
            switch self {
            case .lines(let lines): return lines.count
            case .messages(let messages): return messages.count
            }
        }
    }

    struct Outcome {
        var records: [String: [MemorySink.Record]] = [:]
        var deadLetters: [JSONValue] = []
        var status = PipelineStatus()
        var failure: Diagnostic?
        let plan: PipelinePlan

        /// A stream's rows in order, or a table's latest rows in the order of their text.
        func rows(_ name: String) -> [String] {
            guard let relation = plan.catalogue.relation(name) else { return ["there is no \(name)"] }
            let all = records[name] ?? []
            if relation.kind == .stream { return all.map { Self.text($0, relation) } }
            return latest(name).map { Self.text($0, relation) }.sorted()
        }

        /// The latest rows of a table, in no order.
        func latest(_ name: String) -> [MemorySink.Record] {
            guard let relation = plan.catalogue.relation(name) else { return [] }
            var latest: [String: MemorySink.Record] = [:]
            for record in records[name] ?? [] {
                let key =
                    "\(record.values[..<relation.keyCount]) \(record.windowStart ?? 0) "
                    + "\(record.windowEnd ?? 0)"
                latest[key] = record.isDeletion ? nil : record
            }
            return Array(latest.values)
        }

        static func text(_ record: MemorySink.Record, _ relation: Relation) -> String {
            let schema = Schema(relation.columns.map { Field($0.name, $0.type) })
            let columns = zip(relation.columns, record.values).map { column, value in
                let builder = ColumnBuilder(type: column.type)
                builder.append(value)
                return builder.finish()
            }
            let bytes = JSONEncoder(schema: schema).encode(Batch(schema: schema, columns: columns, count: 1))
                .bytes(0)
            var text = String(decoding: bytes ?? [], as: UTF8.self)
            if let start = record.windowStart, let end = record.windowEnd {
                text = "{\"WINDOWSTART\":\(start),\"WINDOWEND\":\(end)," + text.dropFirst()
            }
            return text
        }
    }

    let statements: String
    let inputs: [String: Input]
    /// In which order the records of several topics come, by relation; empty leaves it to the sources.
    var order: [String] = []
    /// 2023-11-14T22:13:20Z
    var clock: Int64 = 1_700_000_000_000

    static func plan(_ statements: String) throws(Diagnostic) -> PipelinePlan {
        var planner = PipelinePlanner()
        var reader = ScriptReader(statements)
        while let statement = try reader.next() { try planner.add(statement) }
        return planner.plan
    }

    func run(_ way: Way) throws -> Outcome {
        let plan = try Self.plan(statements)
        var sinks: [String: [any Sink]] = [:]
        var kept: [String: MemorySink] = [:]
        for query in plan.queries {
            let sink = MemorySink(name: query.output.name)
            sinks[query.output.name] = [sink]
            kept[query.output.name] = sink
        }
        let fileSystem = SimulatedFileSystem()
        var outcome = Outcome(plan: plan)
        let count = order.isEmpty ? inputs.values.map(\.count).max() ?? 0 : order.count
        var start = 0
        for stop in way.restartAfter.filter({ $0 < count }) + [count] {
            var configuration = TaskConfiguration(stateDirectory: "/state")
            configuration.threads = way.threads
            configuration.chunkBytes = way.chunkBytes
            configuration.epochBytes = way.epochBytes
            let task = PipelineTask(
                plan: plan, configuration: configuration, environment: .simulated(fileSystem, clock: clock),
                sources: sources(plan, from: start, upTo: stop), sinks: sinks)
            start = stop
            do throws(Diagnostic) { try task.run(once: true) } catch {
                outcome.failure = error
                break
            }
            outcome.status = task.status
        }
        outcome.records = kept.mapValues(\.records)
        outcome.deadLetters = try deadLetters(fileSystem)
        return outcome
    }

    private func sources(_ plan: PipelinePlan, from start: Int, upTo stop: Int) -> [String: any Source] {
        var sources: [String: any Source] = [:]
        let turns = Turns(order, from: start, upTo: stop)
        for (name, input) in inputs {
            switch input {
            case .lines(let lines):
                sources[name] = MemorySource(name: "input.jsonl", lines: Array(lines.prefix(stop)))
            case .messages(let messages) where order.contains(name):
                sources[name] = TurnSource(name, name: "topic", messages: messages, turns: turns)
            case .messages(let messages):
                sources[name] = MemorySource(name: "topic", messages: Array(messages.prefix(stop)))
            }
        }
        return sources
    }

    private func deadLetters(_ fileSystem: SimulatedFileSystem) throws -> [JSONValue] {
        let directory = "/state/dead-letters"
        guard let names = try? fileSystem.list(directory) else { return [] }
        return try names.map(\.name).sorted().flatMap { name in
            String(decoding: try fileSystem.read(directory + "/" + name), as: UTF8.self).split(
                separator: "\n"
            )
            .compactMap { try? JSONValue(parsing: String($0)) }
        }
    }
}
