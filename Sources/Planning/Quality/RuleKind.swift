/// The kinds of rule, by the word that a rules file has for them.
public enum RuleKind: String, CaseIterable, Sendable {
    case notNull = "not_null"
    case range
    case set
    case condition
    case unique
    case freshness
    case volume

    /// Whether it judges each row, so that a row can be kept aside for it.
    public var judgesRows: Bool {
        switch self {
        case .notNull, .range, .set, .condition, .unique: return true
        case .freshness, .volume: return false
        }
    }
}
