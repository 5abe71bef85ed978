import Diagnostics
import Simulation

/// Which state of the tables a query sees.
enum QueryMoment: Equatable, Sendable {
    case newest
    case version(Int64)
    /// Milliseconds since 1970.
    case time(Int64)

    /// Reads the value of `--at`: a version such as `12`, or a time such as `2026-11-20T12:00:00Z`.
    static func parse(_ text: String, flag: String) throws(Diagnostic) -> QueryMoment {
        if let version = Int64(text), version >= 0 { return .version(version) }
        if let time = TimeText.parse(text) { return .time(time) }
        throw Diagnostic(
            .usage, "\(flag) \(text) is neither a version nor a time",
            expected: "a version such as 12, or \(TimeText.expectation)")
    }
}
