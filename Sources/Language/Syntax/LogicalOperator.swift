/// An operator that joins two conditions.
public enum LogicalOperator: String, Hashable, Sendable {
    case and = "AND"
    case or = "OR"
}
