import Expressions

/// `LAG(value, n, default) OVER (PARTITION BY keys)` and `SUM(value) OVER (PARTITION BY keys)`, all of one
/// query.
///
/// Behind the input's row stand the values of earlier rows, and behind them the totals.
public struct PriorRowsPlan: Sendable {
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
    /// Aggregates of a row and all before it.
    public var totals: [AggregateCall] = []
    /// How long behind the latest of its rows a key is remembered, milliseconds; nil is for good.
    public let lifetime: Int64?

    init(keys: [Expression], values: [Value] = [], totals: [AggregateCall] = [], lifetime: Int64?) {
        self.keys = keys
        self.values = values
        self.totals = totals
        self.lifetime = lifetime
    }

    /// All that is computed of the input's row.
    public var expressions: [Expression] {
        keys + values.map(\.argument) + values.compactMap(\.fallback) + totals.flatMap(\.arguments)
    }

    /// How many rows are remembered for each key.
    public var depth: Int { values.map(\.distance).max() ?? 0 }

    func mapping(_ map: (Expression) -> Expression) -> PriorRowsPlan {
        PriorRowsPlan(
            keys: keys.map(map),
            values: values.map {
                Value(
                    argument: map($0.argument), distance: $0.distance, fallback: $0.fallback.map(map),
                    text: $0.text)
            },
            totals: totals.map {
                AggregateCall(
                    name: $0.name, function: $0.function, arguments: $0.arguments.map(map), text: $0.text)
            }, lifetime: lifetime)
    }

    func text(_ names: [String]) -> String {
        let over = keys.map { $0.text(names) }.joined(separator: ", ")
        let shown =
            values.map { "\($0.argument.text(names)) \($0.distance) back" }
            + totals.map { call in
                call.name + "(" + call.arguments.map { $0.text(names) }.joined(separator: ", ") + ") so far"
            }
        return shown.joined(separator: ", ") + (keys.isEmpty ? "" : " by " + over)
            + (lifetime.map { " within \($0) ms" } ?? "")
    }
}
