import Columnar
import Expressions

/// One place in a round: a chunk is worked on there by one thread at a time.
final class Slot: @unchecked Sendable {
    let index: Int
    let context = EvaluationContext()
    /// Rows that wait for sinks and subscribers until the phase is over.
    var pending: [(outputs: Outputs, batch: RowBatch)] = []

    init(index: Int) { self.index = index }
}
