/// What came of a statement that changed something.
public struct ExecutedStatement: Sendable {
    /// Such as `stream/CLICKS/create`.
    public let commandID: String
    /// Its number in the log of statements; -1 where it did nothing.
    public let sequence: Int64
    /// The persistent query that it started.
    public let queryID: String?
    /// For people, such as `Created query with ID CSAS_CLICKS_3`.
    public let message: String
    /// Notes that are no errors.
    public let warnings: [String]
}
