import Columnar
import Diagnostics
import Planning

/// A rule's status has changed: news for whoever watches.
public struct RuleAlert: Sendable, Equatable {
    public let rule: String
    public let relation: String
    public let kind: RuleKind
    public let status: RuleStatus
    /// nil when the rule was judged for the first time.
    public let former: RuleStatus?
    /// What was measured, in words, and what must hold.
    public let finding: String
    public let expectation: String
    public let example: String?
    /// What was done, such as `alert, stop silver_lake`.
    public let action: String?
    public let epoch: Int64
    /// The epoch's clock, milliseconds since the epoch.
    public let clock: Int64

    /// For a log or a terminal.
    public var line: String {
        var line = "\(status.rawValue)  \(rule) on \(relation.lowercased()): \(finding)"
        if status == .pass { return line + ", again as it should be" }
        line += " (expected: \(expectation))"
        if let example { line += "; such as \(example)" }
        if let action, action != "alert" { line += "; done: \(action)" }
        return line
    }

    /// One line of JSON without its line end.
    func json(instance: String) -> String {
        func field(_ name: String, _ text: String?) -> String {
            ",\"\(name)\":" + (text.map(JSONText.quoted) ?? "null")
        }
        return "{\"instance\":\(JSONText.quoted(instance)),\"epoch\":\(epoch)"
            + field("rule", rule) + field("relation", relation.lowercased()) + field("check", kind.rawValue)
            + field("status", status.rawValue) + field("former", former?.rawValue)
            + field("time", Civil.timestampText(milliseconds: clock) + "Z") + field("finding", finding)
            + field("expected", expectation) + field("example", example)
            + field("action", action) + "}"
    }
}
