import Diagnostics

/// Where records come from: files in a directory, a topic, a collector.
///
/// Contract: input is taken in ranges that are handed out once, in order, by `poll`, or after a crash are given back to
/// `replay` in the order in which they were taken. The chunks of a range are the same records each time, or an error says
/// why not. All methods but `wake` and the loaders are called by one thread.
public protocol Source: AnyObject {
    /// Takes up the position of a checkpoint; nil is the very start.
    func restore(_ position: [UInt8]?) throws(Diagnostic)
    /// The position behind all ranges handed out and replayed so far.
    func position() -> [UInt8]
    /// New input, at most `maximumBytes` of it but at least a record if there is any. Never blocks.
    ///
    /// - Parameter isFinal: no more is awaited: an unterminated last line is taken as it is.
    func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange]
    /// Takes up a range that was logged before a crash, as if `poll` had returned it.
    func replay(_ range: InputRange) throws(Diagnostic)
    /// Loaders for the range's chunks of about `targetBytes`, in order.
    func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> any ChunkSequence
    /// Returns when there may be new input, after `wake`, or when the time is up.
    func wait(milliseconds: Int)
    /// Ends a `wait`; may be called from any thread.
    func wake()
    /// All ranges so far are durably processed: input may be archived or deleted.
    func acknowledge() throws(Diagnostic)
    /// Bytes that are there and not yet taken.
    func lag() -> Int
    /// What went wrong with single files or partitions since the last call, without stopping the source.
    func takeIncidents() -> [Diagnostic]
}

/// The chunks of a range, one after another.
public protocol ChunkSequence: AnyObject {
    /// The next loader; nil at the end.
    func next() throws(Diagnostic) -> ChunkLoader?
}
