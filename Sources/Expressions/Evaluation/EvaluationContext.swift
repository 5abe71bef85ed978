import Columnar

/// What expressions read besides their columns, and where they report values that could not be computed.
///
/// One task's, not thread-safe. Set `positions` for each batch; the rest for each epoch.
public final class EvaluationContext {
    /// The epoch's wall-clock time in milliseconds since the epoch, UTC.
    public var clock: Int64
    /// The instance's seed for RANDOM() and UUID().
    public var seed: UInt64
    /// The source positions of the batch's rows: BIGINT or STRING columns which together name a record
    /// (such as source, partition and offset). Empty: the row's number in the batch plus `firstPosition`.
    public var positions: [Column] = []
    public var firstPosition: Int64 = 0
    /// Values that could not be computed and became NULL.
    public private(set) var errorCount = 0
    /// The same by reason, such as `division by zero`.
    public private(set) var errorsByReason: [EvaluationFailure: Int] = [:]

    public init(clock: Int64 = 0, seed: UInt64 = 0) {
        self.clock = clock
        self.seed = seed
    }

    /// Counts rows of a batch for which a value became NULL for `reason`.
    func report(_ reason: EvaluationFailure, rows: Int) {
        guard rows > 0 else { return }
        errorCount += rows
        errorsByReason[reason, default: 0] += rows
    }

    /// The errors since the last call, which are then forgotten.
    public func takeErrors() -> [EvaluationFailure: Int] {
        defer {
            errorCount = 0
            errorsByReason = [:]
        }
        return errorsByReason
    }
}
