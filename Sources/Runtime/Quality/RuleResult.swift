import Planning

/// What a rule says of an epoch.
struct RuleResult: Equatable {
    /// The rule's number.
    let rule: Int
    let status: RuleStatus
    /// Its status before; nil when it is judged for the first time.
    let former: RuleStatus?
    let checked: Int64
    let failing: Int64
    /// What was measured: the share of failing rows, an age in seconds, the rows of a window.
    let value: Double
    /// The same in words.
    let finding: String
    let example: String?
    /// What was done about it, such as `alert, quarantine`; nil for nothing.
    var action: String?

    /// Whether somebody is to be told: a rule that passes at first is no news.
    var isNews: Bool { status != former ?? .pass }
}
