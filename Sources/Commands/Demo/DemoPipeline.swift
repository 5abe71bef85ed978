import Diagnostics
import Formats
import Simulation
import Storage

/// A pipeline that comes with the program, and what a demo of it needs: a shop that makes its events, the
/// services that it writes to, and what is to be seen at the end.
protocol DemoPipeline: Sendable {
    /// The name of its folder and file.
    static var name: String { get }
    /// Events per second, unless asked for otherwise.
    static var usualRate: Int { get }
    /// The relation whose newest rows are shown while it runs.
    static var watchedRelation: String { get }

    /// - Parameter directory: holds the events, what is made of them, and the pipeline's state.
    init(directory: String)

    /// Where the shop puts its files.
    var eventsDirectory: String { get }
    /// What kind of shop.
    func shop(_ simulation: inout SimulationConfiguration)

    /// Starts the services that are missing, says which are used, and gives values for the pipeline's
    /// DEFINEs.
    func open(_ console: Console, _ location: PipelineLocation) throws(Diagnostic) -> [String: String]

    /// What was made, once the pipeline has ended.
    func result(_ console: Console) throws(Diagnostic) -> DemoResult
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
