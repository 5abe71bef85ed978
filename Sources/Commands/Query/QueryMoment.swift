import DeltaLake
import Diagnostics
import Simulation

/// Which state of the tables a query sees.
enum QueryMoment: Equatable, Sendable {
    case newest
    case version(Int64)
    /// Milliseconds since 1970.
    case time(Int64)

    /// The state of the table that is meant.
    func snapshot(of table: DeltaTable) throws(Diagnostic) -> Snapshot {
        try DeltaFailure.told { () throws(DeltaError) in
            switch self {
            case .newest: table.snapshot
            case .version(let version): try table.snapshot(at: version)
            case .time(let time): try table.snapshot(atTime: time)
            }
        }
    }

    /// Reads the value of `--at`: a version such as `12`, or a time such as `2026-11-20T12:00:00Z`.
    static func parse(_ text: String, flag: String) throws(Diagnostic) -> QueryMoment {
        if let version = Int64(text), version >= 0 { return .version(version) }
        if let time = TimeText.parse(text) { return .time(time) }
        throw Diagnostic(
            .usage, "\(flag) \(text) is neither a version nor a time",
            expected: "a version such as 12, or \(TimeText.expectation)")
    }
}
