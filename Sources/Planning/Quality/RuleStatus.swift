/// What a rule says of an epoch, from good to bad.
public enum RuleStatus: String, CaseIterable, Comparable, Sendable {
    case pass = "PASS"
    case warn = "WARN"
    case fail = "FAIL"

    private var severity: Int {
        switch self {
        case .pass: return 0
        case .warn: return 1
        case .fail: return 2
        }
    }

    public static func < (left: RuleStatus, right: RuleStatus) -> Bool { left.severity < right.severity }
}
