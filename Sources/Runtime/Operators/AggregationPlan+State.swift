import Expressions
import Planning

extension AggregationPlan {
    var hasSessions: Bool {
        if case .session = window?.kind { return true }
        return false
    }

    /// The functions as their states are kept: those of sessions are merged out of the order of their rows.
    var stateFunctions: [any AggregateFunction] {
        aggregates.map { hasSessions ? $0.function.numbered ?? $0.function : $0.function }
    }
}
