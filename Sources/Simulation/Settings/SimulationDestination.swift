import Diagnostics

/// Where simulated lines go.
public enum SimulationDestination: Equatable, Sendable {
    /// A directory in the file system, in which files appear.
    case directory(String)

    /// Reads the value of `--to`: a path, or `kafka://HOST:PORT/TOPIC`.
    ///
    /// - Throws: `unsupported` for Kafka, which comes with the broker, and `usage` for other addresses.
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
            throw Diagnostic(
                .unsupported,
                "--to \(text): this version does not write to Kafka; that comes with the broker",
                expected: "a directory, such as data/raw/events",
                hint: "write files with --to DIR and let a pipeline read that directory")
        default:
            throw Diagnostic(
                .usage, "--to \(text): \(parts[0]):// is no destination of a simulation",
                expected: "a directory, such as data/raw/events")
        }
    }
}
