import Expressions

/// An aggregate function and the arguments it folds, over the input's row.
public struct AggregateCall: Sendable {
    public let name: String
    public let function: any AggregateFunction
    public let arguments: [Expression]
    /// The syntax it stands for, such as `SUM(PRICE * QUANTITY)`.
    public let text: String
}
