/// `PRINT topic [FROM BEGINNING] [INTERVAL n] [LIMIT n]`.
public struct PrintTopic: Hashable, Sendable {
    /// Upper case if it was written without quotes.
    public var topic: Identifier
    public var fromBeginning: Bool
    /// Print every n-th record.
    public var interval: Int?
    public var limit: Int?

    public init(topic: Identifier, fromBeginning: Bool = false, interval: Int? = nil, limit: Int? = nil) {
        self.topic = topic
        self.fromBeginning = fromBeginning
        self.interval = interval
        self.limit = limit
    }
}
