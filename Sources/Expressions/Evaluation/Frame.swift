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
    /// Of the body of a lambda: the elements for which it could not be computed. nil elsewhere.
    let losses: Losses?

    init(
        columns: [Column], count: Int, context: EvaluationContext, slots: Int, scopes: Int,
        losses: Losses? = nil
    ) {
        self.columns = columns
        self.count = count
        self.context = context
        self.losses = losses
        values = Array(repeating: nil, count: slots)
        masks = Array(repeating: nil, count: scopes)
    }

    /// Counts failures of a node in `scope`; a constant's failure is one of each row that counts.
    func report(_ failures: Failures, scope: Int, isConstant: Bool) {
        for (reason, number) in failures.inside { context.report(reason, rows: number) }
        guard failures.rows != nil else { return }
        if let losses {
            for (reason, rows) in failures.byReason {
                losses.add(isConstant ? nil : rows, within: masks[scope], reason)
            }
            return
        }
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

    /// In a lambda: elements, nil for all, for which a node in `scope` has nothing to compute with.
    func lose(_ rows: Bitmap?, scope: Int) { losses?.add(rows, within: masks[scope], nil) }
}
