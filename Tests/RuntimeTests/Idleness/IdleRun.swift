import Connectors
import Diagnostics
import Planning
import Storage

@testable import Runtime

/// Statements over topics whose records arrive by a clock.
struct IdleRun {
    /// A record of a topic.
    struct Event {
        let relation: String
        /// Milliseconds after the start.
        let arrival: Int64
        let json: String
        var partition = 0
    }

    static let start: Int64 = 1_700_000_000_000

    let statements: String
    let events: [Event]
    /// When the run ends, milliseconds after the start.
    let end: Int64
    /// Fails once at the first epoch that ends after `failsAfter`.
    var failing: FailingSink.Moment?
    var failsAfter: Int64 = 1 << 50

    struct Outcome {
        var rows: [String: [String]] = [:]
        var status = PipelineStatus()
        var hasFailed = false
    }

    /// - Parameter stops: when the task ends and a new one goes on, milliseconds after the start.
    func run(_ way: Way, stops: [Int64] = []) throws -> Outcome {
        let plan = try PipelineRun.plan(statements)
        let clock = RulesRun.Clock()
        let origin = clock.now
        let disk = SimulatedFileSystem()
        let sinks = Dictionary(
            plan.queries.map {
                ($0.output.name, FailingSink(MemorySink(name: $0.output.name), failing: failing))
            }, uniquingKeysWith: { first, _ in first })
        var outcome = Outcome()
        var segments = stops.filter { $0 < end } + [end]
        while !segments.isEmpty {
            let stop = origin + segments[0]
            let task = task(plan, way, clock, disk, sinks, stop: stop, origin: origin)
            do throws(Diagnostic) {
                try task.run(once: false)
                segments.removeFirst()
            } catch {
                guard !outcome.hasFailed, sinks.values.contains(where: \.hasFailed) else { throw error }
                outcome.hasFailed = true
            }
            outcome.status = task.status
        }
        for (name, sink) in sinks {
            guard let relation = plan.catalogue.relation(name) else { continue }
            outcome.rows[name] = sink.inner.records.map { record in
                (record.isDeletion ? "gone " : "") + PipelineRun.Outcome.text(record, relation)
            }
        }
        return outcome
    }

    private func task(
        _ plan: PipelinePlan, _ way: Way, _ clock: RulesRun.Clock, _ disk: SimulatedFileSystem,
        _ sinks: [String: FailingSink], stop: Int64, origin: Int64
    ) -> PipelineTask {
        var configuration = TaskConfiguration(stateDirectory: "/state")
        configuration.threads = way.threads
        configuration.chunkBytes = way.chunkBytes
        configuration.epochBytes = way.epochBytes
        configuration.triggerMilliseconds = 1000
        var environment = TaskEnvironment.simulated(disk, clock: 0)
        environment.clock = { clock.now }
        environment.monotonic = { Double(clock.now) }
        let holder = TaskHolder()
        let waited = {
            if clock.now >= origin + failsAfter { for sink in sinks.values { sink.arm() } }
            if clock.now >= stop { holder.task?.stop() }
        }
        // What is being committed takes its time, and this clock does not know of that.
        let isHeldUp = {
            holder.task?.pending.map { !$0.isFinished } ?? false
        }
        var sources: [String: any Source] = [:]
        for name in Set(events.map(\.relation)) {
            let arrivals = events.filter { $0.relation == name }.map { event in
                ArrivingSource.Arrival(
                    time: origin + event.arrival,
                    message: MemoryRecord(
                        value: Array(event.json.utf8), timestamp: 1, partition: event.partition))
            }
            sources[name] = ArrivingSource(
                name: name, arrivals, clock: clock, isHeldUp: isHeldUp, waited: waited)
        }
        let task = PipelineTask(
            plan: plan, configuration: configuration, environment: environment, sources: sources,
            sinks: sinks.mapValues { [$0] })
        holder.task = task
        return task
    }

    private final class TaskHolder {
        weak var task: PipelineTask?
    }
}
