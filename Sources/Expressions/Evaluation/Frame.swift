import Columnar

/// The evaluation of one batch: its columns, what has been computed of it, and which rows count.
final class Frame {
    let columns: [Column]
    let count: Int
    let context: EvaluationContext
    /// By slot: what nodes have computed.
    var values: [Operand?]
    /// By scope: the rows whose errors count; nil for all. Scope 0 is the whole batch.
    var masks: [Bitmap?]

    init(columns: [Column], count: Int, context: EvaluationContext, slots: Int, scopes: Int) {
        self.columns = columns
        self.count = count
        self.context = context
        values = Array(repeating: nil, count: slots)
        masks = Array(repeating: nil, count: scopes)
    }

    /// Counts failures of a node in `scope`; a constant's failure is one of each row that counts.
    func report(_ failures: Failures, scope: Int, isConstant: Bool) {
        for (reason, number) in failures.inside { context.report(reason, rows: number) }
        guard failures.rows != nil else { return }
        for (reason, rows) in failures.byReason {
            let failed: Int
            if isConstant {
                failed = masks[scope]?.countOfOnes ?? count
            } else {
                failed = masks[scope].map { rows.intersection($0).countOfOnes } ?? rows.countOfOnes
            }
            context.report(reason, rows: failed)
        }
    }
}
