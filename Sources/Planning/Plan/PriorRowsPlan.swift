import Expressions

/// `LAG(value, n, default) OVER (PARTITION BY keys)`, all of one query.
public struct PriorRowsPlan: Hashable, Sendable {
    /// One value of an earlier row.
    public struct Value: Hashable, Sendable {
        /// Over the input's row.
        public let argument: Expression
        /// How many rows back.
        public let distance: Int
        /// What stands where there are not so many; nil is NULL. Over the row that looks back.
        public let fallback: Expression?
        /// As the statement has it.
        public let text: String
    }

    /// Rows that are equal in these see each other; over the input's row.
    public let keys: [Expression]
    public var values: [Value]

    /// How many rows are remembered for each key.
    public var depth: Int { values.map(\.distance).max() ?? 0 }

    func mapping(_ map: (Expression) -> Expression) -> PriorRowsPlan {
        PriorRowsPlan(
            keys: keys.map(map),
            values: values.map {
                Value(
                    argument: map($0.argument), distance: $0.distance, fallback: $0.fallback.map(map),
                    text: $0.text)
            })
    }

    func text(_ names: [String]) -> String {
        let over = keys.map { $0.text(names) }.joined(separator: ", ")
        let shown = values.map { "\($0.argument.text(names)) \($0.distance) back" }.joined(separator: ", ")
        return shown + (keys.isEmpty ? "" : " by " + over)
    }
}
