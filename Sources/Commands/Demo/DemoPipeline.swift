import Diagnostics
import Formats
import Runtime
import Simulation

/// A pipeline that comes with the program, and what a demo of it needs: a shop that makes its events, the
/// services that it reads and writes, and what is to be seen at the end.
protocol DemoPipeline: Sendable {
    /// The name of its folder and file.
    static var name: String { get }
    /// Events per second, unless asked for otherwise.
    static var usualRate: Int { get }
    /// The relation whose newest rows are shown while it runs.
    static var watchedRelation: String { get }
    /// Whether its events are messages of a topic, so that a Kafka cluster may be named.
    static var hasTopics: Bool { get }

    /// What breaks the routine; nil for nothing.
    static var rush: DemoRush? { get }

    /// - Parameter directory: holds the events, what is made of them, and the pipeline's state.
    init(directory: String)

    /// What kind of shop.
    func shop(_ simulation: inout SimulationConfiguration)

    /// Starts the services that are missing, and says which are used.
    func open(_ setting: DemoSetting) throws(Diagnostic) -> DemoStage

    /// What was made, once the pipeline has ended and before its services do.
    func result(
        _ stage: DemoStage, _ status: PipelineStatus, _ console: Console
    ) throws(Diagnostic) -> DemoResult
}

extension DemoPipeline {
    static var rush: DemoRush? { nil }
}

/// What a demo finds where it is started.
struct DemoSetting {
    let console: Console
    let location: PipelineLocation
    /// The Kafka cluster that a flag names.
    let bootstrapServers: String?
}

/// What a demo has made.
struct DemoResult {
    /// For a person: tables and checks.
    var lines: [String]
    /// Commands to copy.
    var commands: [String]
    /// The same for programs, under a name of its own.
    var json: JSONValue.Member
}
