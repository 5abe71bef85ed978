import Diagnostics

/// How a running pipeline stands, for a live view, logs and metrics. A value: taken now and then, by any
/// thread.
public struct PipelineStatus: Sendable {
    /// What the task is at.
    public enum Phase: Sendable, Equatable {
        /// Takes up the checkpoint and an unfinished epoch.
        case recovering
        case running
        /// A target is away or full: nothing is lost, the epoch is tried again.
        case retrying(reason: Diagnostic, sinceMilliseconds: Int64)
        case stopped
    }

    /// Rows of a stream or changes of a table, since the state directory was made.
    public struct RelationCount: Sendable {
        public let name: String
        public let isTable: Bool
        public let rows: Int64
        /// Rows that came too late for a window or a deduplication of the query that makes it.
        public let late: Int64
        public let duplicates: Int64
        /// The sinks it goes to.
        public let sinks: [String]
    }

    /// One input.
    public struct SourceCount: Sendable {
        public let name: String
        public let records: Int64
        public let bytes: Int64
        public let deadLetters: Int64
        /// Bytes that are there and not yet taken.
        public let lagBytes: Int
        /// Event time in milliseconds since the epoch; nil before the first record.
        public let watermark: Int64?
        /// Dead letters by the code of what is wrong, such as `malformed_json`, since the program began.
        public var deadLetterReasons: [String: Int64] = [:]
    }

    public var phase: Phase = .recovering
    /// The epoch at work.
    public var epoch: Int64 = 0
    public var committedEpochs: Int64 = 0
    /// How long the last epoch took from its first record to its end, and the commit alone; milliseconds.
    public var lastEpochMilliseconds: Double = 0
    public var lastCommitMilliseconds: Double = 0
    public var stateBytes: Int = 0
    public var sources: [SourceCount] = []
    public var relations: [RelationCount] = []
    /// What the quality rules say; empty without any.
    public var rules: [RuleReport] = []
    /// Changes of rules' status since the task began, newest last; at most a few.
    public var alerts: [RuleAlert] = []
    /// All of them, so that a watcher knows which are new.
    public var alertCount: Int64 = 0
    /// Sinks that rules have stopped.
    public var stoppedSinks: [StoppedSink] = []
    /// Rows that rules have kept aside.
    public var quarantinedRows: Int64 = 0
    /// Single files or records that could not be read, newest last; at most a few.
    public var incidents: [Diagnostic] = []
    /// Replays that had its state directory, oldest first.
    public var handovers: [ReplayHandover] = []
    /// What of a service this process has; nil where it is no part of one.
    public var service: ServiceStatus?

    public init() {}

    public var records: Int64 { sources.reduce(0) { $0 + $1.records } }
    public var deadLetters: Int64 { sources.reduce(0) { $0 + $1.deadLetters } }
    public var lagBytes: Int { sources.reduce(0) { $0 + $1.lagBytes } }
}
