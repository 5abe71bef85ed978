import Diagnostics
import Planning
import Registry

/// What a server has: the plan that its statements have made, and who is at work on it.
struct EngineState: Sendable {
    var planner: PipelinePlanner
    /// The last statement's number in the log; -1 when there is none.
    var sequence: Int64 = -1
    /// By relation and by query.
    var statements: [String: String] = [:]
    /// By connector, whose names are of their own.
    var connectorStatements: [String: String] = [:]
    /// The settings that held for the statement of a query, by its id.
    var settings: [String: Settings] = [:]
    /// Where each query begins to read, by its id, relation and partition.
    var starts: [String: [String: [Int: Int64]]] = [:]
    /// What ALTER SYSTEM has set.
    var properties: [String: String] = [:]
    /// Queries and connectors that are not to run.
    var paused: Set<String> = []
    /// Those of them that Kafka Connect calls stopped.
    var stopped: Set<String> = []
    /// By unit.
    var hosts: [String: UnitHost] = [:]
    /// Push queries at work, by id.
    var pushes: [String: OpenPush] = [:]
    var pushCount = 0
    /// Statements of the log that could not be taken up.
    var refused: [(statement: String, reason: Diagnostic)] = []

    init(registry: any SchemaDirectory) { planner = PipelinePlanner(registry: registry) }

    /// A push query at work.
    struct OpenPush: Sendable {
        let statement: String
        let end: @Sendable () -> Void
    }
}
