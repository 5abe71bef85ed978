import Connectors
import Diagnostics
import Planning
import Runtime
import Storage

/// The topics of one query test, in memory, and the task that reads and writes them.
struct Topics {
    struct Outcome {
        var records: [String: [MemorySink.Record]] = [:]
        var codecs: [String: TopicCodec] = [:]
    }

    let test: QueryTest

    /// Runs the plan over the test's inputs until they are used up.
    mutating func run(_ plan: PipelinePlan, restartAfter: Int?) throws -> Outcome {
        let written = Set(test.outputs.map(\.topic))
        var outcome = Outcome()
        var sinks: [String: [any Sink]] = [:]
        var kept: [(topic: String, sink: MemorySink)] = []
        for query in plan.queries {
            guard let topic = query.output.topic, written.contains(topic.name),
                sinks[query.output.name] == nil
            else { continue }
            let sink = MemorySink(name: query.output.name)
            sinks[query.output.name] = [sink]
            kept.append((topic.name, sink))
            outcome.codecs[topic.name] = TopicCodec(
                relation: query.output, topic: topic, registry: plan.registry)
        }
        let read = Set(plan.queries.flatMap { $0.sources.map(\.name) })
        var messages: [String: [MemoryRecord]] = [:]
        var order: [String] = []
        let readers = plan.catalogue.order.compactMap { plan.catalogue.relation($0) }.filter {
            if case .source = $0.origin { return read.contains($0.name) && $0.topic != nil }
            return false
        }
        for record in test.inputs {
            for relation in readers where relation.topic?.name == record.topic {
                guard let topic = relation.topic else { continue }
                let codec = TopicCodec(relation: relation, topic: topic, registry: plan.registry)
                messages[relation.name, default: []].append(
                    MemoryRecord(
                        key: try codec.key(record), value: try codec.value(record),
                        timestamp: record.timestamp ?? 0, headers: record.headers))
                order.append(relation.name)
            }
        }
        let fileSystem = SimulatedFileSystem()
        var taken = 0
        while true {
            let reached = min(order.count, taken + (restartAfter ?? order.count))
            let turns = Turns(order, from: taken, upTo: reached)
            var sources: [String: any Source] = [:]
            for (relation, messages) in messages {
                sources[relation] = TurnSource(relation, name: "topic", messages: messages, turns: turns)
            }
            let task = PipelineTask(
                plan: plan, configuration: configuration, environment: .simulated(fileSystem),
                sources: sources, sinks: sinks)
            try task.run(once: true)
            taken = reached
            if taken >= order.count { break }
        }
        for (topic, sink) in kept { outcome.records[topic, default: []] += sink.records }
        return outcome
    }

    private var configuration: TaskConfiguration {
        var configuration = TaskConfiguration(stateDirectory: "/state")
        configuration.threads = 1
        return configuration
    }
}

extension TaskEnvironment {
    /// Files in memory, a clock that stands still and the same chance every time.
    static func simulated(_ fileSystem: any FileSystem, clock: Int64 = 1_700_000_000_000) -> TaskEnvironment {
        TaskEnvironment(
            fileSystem: fileSystem, clock: { clock }, monotonic: { 0 }, entropy: { 0x9E37_79B9_7F4A_7C15 })
    }
}
