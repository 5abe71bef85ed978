/// How results are written.
public enum OutputForm: String, CaseIterable, Sendable {
    case table
    /// An object a row, each on a line.
    case json
    /// A line of names, then a line a row, as RFC 4180 has it.
    case csv
}
