import Expressions

/// Rows of a table that a condition names by their key, and by their windows if it has any.
public struct KeyLookup: Hashable, Sendable {
    /// A bound of the window compared with a value: `WINDOWSTART >= value`.
    public struct WindowComparison: Hashable, Sendable {
        public let bound: PseudoColumn
        public let comparison: ComparisonOperator
        /// BIGINT, without columns.
        public let value: Expression
    }

    /// A value without columns for each column of the key, of its type. Where one is NULL there is no row.
    public let keys: [Expression]
    /// All of these hold.
    public let windows: [WindowComparison]
}
