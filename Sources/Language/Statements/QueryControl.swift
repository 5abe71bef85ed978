/// `TERMINATE|PAUSE|RESUME query|ALL`.
public struct QueryControl: Hashable, Sendable {
    /// What happens to the query.
    public enum Action: String, Hashable, Sendable {
        case terminate = "TERMINATE"
        case pause = "PAUSE"
        case resume = "RESUME"
    }

    public var action: Action
    /// `nil` for ALL.
    public var query: Identifier?

    public init(action: Action, query: Identifier?) {
        self.action = action
        self.query = query
    }
}
