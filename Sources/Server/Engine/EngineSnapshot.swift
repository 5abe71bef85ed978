import Diagnostics
import Planning
import Runtime

/// How a server stands at one moment.
public struct EngineSnapshot: Sendable {
    /// A persistent query or a connector at work.
    public struct Standing: Sendable {
        /// What it is at, as ksqlDB names it.
        public enum State: String, Sendable {
            case running = "RUNNING"
            case paused = "PAUSED"
            /// Of connectors: paused, in a word of Kafka Connect's.
            case stopped = "STOPPED"
            case failed = "ERROR"
        }

        /// The query's id, or the connector's name.
        public let id: String
        public let state: State
        /// Why it failed.
        public let failure: Diagnostic?
        /// Whether its task is not there yet.
        public let isStarting: Bool
        public let status: PipelineStatus
    }

    /// A topic of the process.
    public struct TopicStanding: Sendable {
        public let name: String
        public let partitions: Int
        /// Records that it holds, by partition.
        public let counts: [Int64]
    }

    /// The number of the last statement in the log; -1 when there is none.
    public let sequence: Int64
    /// The server's settings.
    public let properties: [String: String]
    /// Relations, types and queries as statements have made them.
    public let plan: PipelinePlan
    /// The statement behind each relation and query, by name and by id.
    public let statements: [String: String]
    /// The statement behind each connector, by name.
    public let connectorStatements: [String: String]
    public let queries: [Standing]
    public let connectors: [Standing]
    /// Without those that only the server itself uses.
    public let topics: [TopicStanding]
    /// Push queries at work, by id, with their statements.
    public let pushQueries: [(id: String, statement: String)]
    /// Statements of the log that could not be taken up at the start, with the reason.
    public let refused: [(statement: String, reason: Diagnostic)]
    /// What went wrong beside the work of queries, newest last; at most a few.
    public let incidents: [Diagnostic]

    /// The statements behind all that there is.
    public var allStatements: [String] { Array(statements.values) + Array(connectorStatements.values) }
}
