import Columnar
import Connectors
import Diagnostics
import Language
import Planning
import Runtime
import Storage
import TestRunner

/// Statements at work over records in memory, and pull queries about what they made.
final class PullRun {
    static let clock: Int64 = 1_700_000_000_000

    let plan: PipelinePlan
    private let planner: PipelinePlanner
    private let messages: [String: [MemoryRecord]]
    let task: PipelineTask

    convenience init(_ statements: String, messages: [String: [MemoryRecord]]) throws {
        var planner = PipelinePlanner()
        var reader = ScriptReader(statements)
        while let statement = try reader.next() { try planner.add(statement) }
        try self.init(planner, messages: messages)
    }

    /// - Parameter messages: by relation.
    init(_ planner: PipelinePlanner, messages: [String: [MemoryRecord]]) throws {
        self.planner = planner
        self.messages = messages
        plan = planner.plan
        var configuration = TaskConfiguration(stateDirectory: "/state")
        configuration.views = Set(planner.plan.catalogue.order)
        task = PipelineTask(
            plan: planner.plan, configuration: configuration,
            environment: .simulated(SimulatedFileSystem(), clock: Self.clock),
            sources: messages.mapValues { MemorySource(name: "topic", messages: $0) }, sinks: [:])
        try task.run(once: true)
    }

    func plan(_ query: String) throws -> AnswerPlan {
        var reader = ScriptReader(query)
        guard let statement = try reader.next(), case .query(let query) = statement.kind else {
            throw Diagnostic(.invalidStatement, "this is no query")
        }
        var planner = planner
        return try planner.answer(query, in: statement, hidden: "HIDDEN")
    }

    func answer(_ query: String) throws -> PulledRows { try answer(try plan(query)) }

    func answer(_ plan: AnswerPlan) throws -> PulledRows {
        let messages = messages
        let answering = PullAnswering(
            clock: Self.clock, schemas: self.plan.registry, view: task.view(of:)
        ) { relation throws(Diagnostic) in
            messages[relation.name].map { MemorySource(name: "topic", messages: $0) }
        }
        return try answering.answer(plan)
    }

    /// The rows of an answer, value by value.
    func rows(_ query: String) throws -> [[Value]] {
        let answer = try answer(query)
        return (0..<answer.count).map { row in answer.values.map { $0.value(at: row) } }
    }
}
