/// One expression of an ORDER BY.
public struct SortKey: Hashable, Sendable {
    public let expression: Expression
    public let isDescending: Bool

    public init(_ expression: Expression, isDescending: Bool = false) {
        self.expression = expression
        self.isDescending = isDescending
    }
}
