import Diagnostics

/// Where simulated lines go.
public enum SimulationDestination: Equatable, Sendable {
    /// A directory in the file system, in which files appear.
    case directory(String)

    /// A topic of a Kafka cluster: each line is a message.
    case topic(String, servers: String)

    /// Reads the value of `--to`: a path, or `kafka://HOST:PORT/TOPIC`.
    ///
    /// - Throws: `usage` for other addresses.
    public static func parse(_ text: String) throws(Diagnostic) -> SimulationDestination {
        guard !text.isEmpty else {
            throw Diagnostic(.usage, "--to is empty", expected: "a directory, such as data/raw/events")
        }
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            return .directory(text)
        }
        switch parts[0].lowercased() {
        case "file": return .directory(String(parts[1]))
        case "kafka":
            let rest = parts[1].split(separator: "/", omittingEmptySubsequences: false)
            if rest.count == 2, !rest[0].isEmpty, !rest[1].isEmpty {
                return .topic(String(rest[1]), servers: String(rest[0]))
            }
            throw Diagnostic(
                .usage, "--to \(text) names no topic", expected: "kafka://HOST:PORT/TOPIC",
                hint: "such as kafka://localhost:9092/product_events")
        default:
            throw Diagnostic(
                .usage, "--to \(text): \(parts[0]):// is no destination of a simulation",
                expected: "a directory, or kafka://HOST:PORT/TOPIC")
        }
    }
}
