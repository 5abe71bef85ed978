/// How `millrace test` says what came of the tests.
enum TestReportForm: String, CaseIterable {
    /// A line for each failure, and the counts.
    case text
    case json
    /// A page for documentation.
    case markdown
}
