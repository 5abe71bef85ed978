/// What can be done with a Delta table.
enum TableSubject: String, CommandSubject, Sendable {
    case describe
    case history
    case optimize
    case vacuum
    case restore
    case check

    /// The flags beside the output's that say something here.
    var flags: Set<String> {
        switch self {
        case .describe: ["--at", "--limit"]
        case .history: ["--limit"]
        case .optimize: []
        case .vacuum: ["--retain", "--dry-run"]
        case .restore: ["--to"]
        case .check: ["--versions"]
        }
    }
}
