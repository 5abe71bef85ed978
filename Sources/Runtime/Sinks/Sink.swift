import Columnar
import Diagnostics
import Planning

/// Where a relation's rows or changes go, exactly once per epoch.
///
/// Contract, in the order of calls:
/// 1. `open` once. It finds out which epoch of this application id the target already has, and refuses a
///    target that another instance writes to or that has lost epochs.
/// 2. For each epoch: `begin`, any number of `write` and `sendAhead`, `end`. What they store is invisible to
///    readers.
/// 3. The epoch that `end` returned is prepared and committed by another thread, while the next one is
///    written. It is committed before that one ends.
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
    /// Hands what was written so far over to the target, where that can take it unseen by readers who want
    /// whole epochs. Does not wait for the target, and does not fail: what it can't take is left to the
    /// epoch's commit.
    func sendAhead()
    /// Ends the epoch, at once.
    func end() -> any SinkEpoch
    /// Work that may be put off, such as merging small files. Behind each epoch, and every hour without one;
    /// by any thread, one at a time, also while epochs are written and committed.
    func maintain() throws(SinkError)
}

extension Sink {
    public func sendAhead() {}
}
