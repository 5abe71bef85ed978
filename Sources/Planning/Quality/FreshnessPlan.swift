/// How old the newest row of a relation may be.
public struct FreshnessPlan: Hashable, Sendable {
    /// Whether the time counts at which rows come; if not, their event time does.
    ///
    /// Rows that come tell that the pipeline is fed, however old their events are: a backlog alarms nobody.
    public let isByArrival: Bool
    /// Above it the rule warns, milliseconds; nil never.
    public let warning: Int64?
    /// Above it the rule fails, milliseconds.
    public let failure: Int64

    public init(isByArrival: Bool, warning: Int64? = nil, failure: Int64) {
        self.isByArrival = isByArrival
        self.warning = warning
        self.failure = failure
    }

    public func status(age: Int64) -> RuleStatus {
        if age > failure { return .fail }
        if let warning, age > warning { return .warn }
        return .pass
    }
}
