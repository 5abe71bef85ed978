import Columnar
import Diagnostics
import Planning

/// Where a relation's rows or changes go, exactly once per epoch.
///
/// Contract, in the order of calls:
/// 1. `open` once. It finds out which epoch of this application id the target already has, and refuses a
///    target that another
///    instance writes to or that has lost epochs.
/// 2. For each epoch: `begin`, any number of `write`, `prepare`, `commit`. What `write` and `prepare` store
///    is invisible to
///    readers; `commit` makes all of the epoch visible at once, under its number. `commit` of an epoch that
///    the target
///    already has does nothing. `prepare` and `commit` may be called again after they threw.
/// 3. `abandon` instead of `commit` gives up what was written.
///
/// `write` of rows may be called from many threads; all else from one.
public protocol Sink: AnyObject, Sendable {
    var name: String { get }
    /// - Parameter expectedEpoch: the last epoch with rows that the checkpoint calls committed; nil when
    ///   there is none.
    /// - Parameter openEpoch: the epoch that is to come, which the target may have already.
    func open(
        _ context: SinkContext, expectedEpoch: Int64?, openEpoch: Int64
    ) throws(SinkError)
    func begin(epoch: Int64, clock: Int64) throws(SinkError)
    /// Rows of a stream.
    func write(_ rows: StreamRows)
    /// Changes of a table: the last one of each key in this epoch counts.
    func write(_ changes: ChangeBatch)
    func prepare() throws(SinkError)
    /// After `prepare`: the last epoch for which the target has, or will have, rows of ours; nil when there
    /// is none. What the checkpoint expects to find there.
    var lastEpochWithRows: Int64? { get }
    func commit(_ commit: SinkCommit) throws(SinkError)
    func abandon()
    /// Work that may be put off, such as merging small files; called between epochs.
    func maintain() throws(SinkError)
}
