/// For whom a table command writes.
enum TableOutput: String, CaseIterable, Sendable {
    case text
    /// One object.
    case json
}
