import Formats

/// What an inspection has found, for a person and for a program.
protocol InspectionReport {
    var lines: [String] { get }
    /// One object.
    var json: JSONValue { get }
    /// Whether a check failed, so that a script notices.
    var isFailure: Bool { get }
}
