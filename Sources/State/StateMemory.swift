import Synchronization

/// The memory that all stores of a task share: a budget, and what they hold together.
///
/// A store counts itself in `maintain`; above the budget it then moves entries to disk. Safe to use from many
/// threads.
public final class StateMemory: Sendable {
    public let budgetBytes: Int
    private let used = Atomic<Int>(0)

    public init(budgetBytes: Int) {
        precondition(budgetBytes > 0, "a budget is positive")
        self.budgetBytes = budgetBytes
    }

    /// Bytes held by all stores when they were last counted.
    public var usedBytes: Int { used.load(ordering: .relaxed) }

    func add(_ bytes: Int) { used.add(bytes, ordering: .relaxed) }
}
