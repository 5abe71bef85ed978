/// Keeps a property out of its owner's equality and hash.
///
/// Two nodes of a syntax tree are equal when they mean the same, wherever they stand: so a planner can
/// look up a SELECT expression among the GROUP BY expressions with `==`.
@propertyWrapper
public struct NotCompared<Value: Sendable>: Hashable, Sendable {
    public var wrappedValue: Value

    public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }

    public static func == (left: Self, right: Self) -> Bool { true }
    public func hash(into hasher: inout Hasher) {}
}
