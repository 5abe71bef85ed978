import Diagnostics
import Foundation
import Kafka
import Language
import Planning
import Registry
import Runtime
import Storage
import Synchronization

@testable import Connectors

/// Pipelines over topics of a cluster, with their state on a simulated disk.
struct TaskBed {
    let servers: String
    let statements: String

    func plan() throws -> PipelinePlan {
        var planner = PipelinePlanner(registry: SchemaRegistry())
        var reader = ScriptReader("SET 'bootstrap.servers' = '\(servers)';\n" + statements)
        while let statement = try reader.next() { try planner.add(statement) }
        return planner.plan
    }

    /// - Parameters:
    ///   - threads: with one, epochs are committed by the task's own thread.
    ///   - properties: of the sinks' clients.
    ///   - onStep: called behind each step of an epoch of the sink of a relation.
    func task(
        _ files: SimulatedFileSystem, triggerMilliseconds: Int = 20, threads: Int = 1,
        properties: [String: String] = [:], report: @escaping @Sendable (Diagnostic) -> Void = { _ in },
        onStep: (@Sendable (_ relation: String, _ step: String) -> Void)? = nil
    ) throws -> PipelineTask {
        let plan = try plan()
        let access = KafkaAccess(settings: plan.settings, fileSystem: files, environment: [:])
        let kafka = try KafkaPlan(
            plan, name: "test", access: access, patience: 60_000, fileSystem: files)
        var sinks: [String: [any Sink]] = [:]
        for relation in kafka.outputs {
            guard let topic = relation.topic else { continue }
            var cluster = KafkaSettings(servers: servers)
            cluster.properties = properties
            var settings = KafkaSinkSettings(cluster: cluster, relation: relation, topic: topic)
            if let onStep {
                let name = relation.name
                settings.onStep = { onStep(name, $0) }
            }
            sinks[relation.name] = [
                KafkaSink(
                    name: relation.name + ".topic", settings: settings, registry: plan.registry,
                    fileSystem: files, report: report)
            ]
        }
        var configuration = TaskConfiguration(stateDirectory: "/state")
        configuration.threads = threads
        configuration.triggerMilliseconds = triggerMilliseconds
        configuration.patienceMilliseconds = 60_000
        configuration.epochBytes = 4000
        return PipelineTask(
            plan: kafka.plan, configuration: configuration, environment: .machine(files),
            sources: try SourceFactory(fileSystem: files, kafka: kafka, report: report).sources(
                of: kafka.plan),
            sinks: sinks, deadLetterKeepers: try kafka.deadLetterKeepers(report: report))
    }
}

/// A task that works on a thread of its own.
final class RunningTask: Sendable {
    let task: PipelineTask
    private let outcome = Mutex<Result<Void, Diagnostic>?>(nil)

    struct Late: Error {}

    init(_ task: PipelineTask, once: Bool = false) {
        self.task = task
        let thread = Thread { [self] in
            do throws(Diagnostic) {
                try task.run(once: once)
                outcome.withLock { $0 = .success(()) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// What ended it; nil while it runs.
    var result: Result<Void, Diagnostic>? { outcome.withLock { $0 } }

    /// Waits until it is so, or the task has ended.
    func wait(limit: Double = 120, until condition: () throws -> Bool = { false }) throws {
        let end = Date(timeIntervalSinceNow: limit)
        while result == nil, try !condition() {
            if Date() > end { throw Late() }
            usleep(2000)
        }
    }
}

/// Stops a thread at one place until it is let go.
final class Barrier: Sendable {
    private struct State {
        var isReached = false
        var isOpen = false
    }

    private let state = Mutex(State())

    var isReached: Bool { state.withLock { $0.isReached } }

    func open() { state.withLock { $0.isOpen = true } }

    func block() {
        state.withLock { $0.isReached = true }
        while !state.withLock({ $0.isOpen }) { usleep(1000) }
    }
}
