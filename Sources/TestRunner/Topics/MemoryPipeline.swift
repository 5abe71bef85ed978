import Connectors
import Diagnostics
import Planning
import Runtime
import Storage

/// A pipeline whose sources and sinks are in memory: runs over the records that it was given, and goes on
/// from its checkpoint when it gets more.
final class MemoryPipeline {
    /// 2023-11-14T22:13:20Z, which all rows see as the wall clock.
    static let standardClock: Int64 = 1_700_000_000_000

    let clock: Int64
    private var messages: [String: [MemoryRecord]] = [:]
    private var lines: [String: [String]] = [:]
    /// By record: the relation that reads it.
    private var order: [String] = []
    private var taken = 0
    private var fileSystem = SimulatedFileSystem()
    private var sinks: [String: MemorySink] = [:]

    private let activity: TestActivity

    init(clock: Int64 = MemoryPipeline.standardClock, activity: TestActivity = TestActivity()) {
        self.clock = clock
        self.activity = activity
    }

    var recordCount: Int { order.count }

    /// What the queries have made of a relation so far.
    func output(of relation: String) -> [MemorySink.Record] { sinks[relation]?.records ?? [] }

    /// Adds a message behind all records that were added before.
    func add(_ message: MemoryRecord, to relation: String) {
        messages[relation, default: []].append(message)
        order.append(relation)
    }

    /// Adds a line of a file behind all records that were added before.
    func add(line: String, to relation: String) {
        lines[relation, default: []].append(line)
        order.append(relation)
    }

    /// Forgets all that was computed; the records stay.
    func startOver() {
        fileSystem = SimulatedFileSystem()
        sinks = [:]
        taken = 0
    }

    /// Runs the plan over the records that it has not taken yet.
    ///
    /// - Parameter step: after so many records the task ends, and another goes on from its checkpoint; nil
    ///   takes them all in one go.
    func run(_ plan: PipelinePlan, restartAfter step: Int? = nil) throws(Diagnostic) {
        var outputs: [String: [any Sink]] = [:]
        for query in plan.queries {
            let name = query.output.name
            let sink = sinks[name] ?? MemorySink(name: name)
            sinks[name] = sink
            outputs[name] = [sink]
        }
        // A source that nobody reads would never take its turn.
        let read = Set(plan.queries.flatMap { $0.sources.map(\.name) })
        let order = order.filter(read.contains)
        while true {
            let reached = min(order.count, taken + (step ?? order.count))
            let turns = Turns(order, from: taken, upTo: reached)
            turns.activity = activity
            var sources: [String: any Source] = [:]
            for (relation, messages) in messages where read.contains(relation) {
                sources[relation] = TurnSource(relation, name: "topic", messages: messages, turns: turns)
            }
            for (relation, lines) in lines where read.contains(relation) {
                sources[relation] = TurnSource(relation, name: "inserted", lines: lines, turns: turns)
            }
            var configuration = TaskConfiguration(stateDirectory: "/state")
            configuration.threads = 1
            let task = PipelineTask(
                plan: plan, configuration: configuration,
                environment: .simulated(fileSystem, clock: clock), sources: sources, sinks: outputs)
            activity.note(turns)
            try task.run(once: true)
            taken = reached
            if taken >= order.count { return }
        }
    }
}

extension TaskEnvironment {
    /// Files in memory, a clock that stands still and the same chance every time.
    public static func simulated(
        _ fileSystem: any FileSystem, clock: Int64 = 1_700_000_000_000
    ) -> TaskEnvironment {
        TaskEnvironment(
            fileSystem: fileSystem, clock: { clock }, monotonic: { 0 }, entropy: { 0x9E37_79B9_7F4A_7C15 })
    }
}
