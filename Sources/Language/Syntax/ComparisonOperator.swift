/// An operator that compares two values. `==` is read as `=`, `!=` as `<>`.
public enum ComparisonOperator: String, Hashable, Sendable {
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    /// Like `<>`, but NULL is a value that equals itself.
    case distinctFrom = "IS DISTINCT FROM"
    /// Like `=`, but NULL is a value that equals itself.
    case notDistinctFrom = "IS NOT DISTINCT FROM"
}
