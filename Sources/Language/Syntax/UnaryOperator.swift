/// A sign before a value that is not a number literal.
public enum UnaryOperator: String, Hashable, Sendable {
    case plus = "+"
    case minus = "-"
}
