/// What a sink was given in one epoch, to be stored and made visible. For one thread at a time.
public protocol SinkEpoch: AnyObject, Sendable {
    /// The last epoch, this or one before, for which the target has or will have rows of ours; nil when there
    /// is none. What the checkpoint expects to find there.
    var lastEpochWithRows: Int64? { get }
    /// Hands over to the target what `sendAhead` has left, where readers don't see it before the commit and
    /// the target forgets it if that does not come: the epoch's log may not be sealed yet. By another thread
    /// than `prepare`, which begins at the same time. May be called again after it threw.
    func sendRest() throws(SinkError)
    /// Stores what is not stored yet, invisible to readers. May be called again after it threw.
    func prepare() throws(SinkError)
    /// Makes all of the epoch visible at once, under its number; does nothing where the target has it
    /// already. May be called again after it threw.
    func commit(_ commit: SinkCommit) throws(SinkError)
}

extension SinkEpoch {
    public func sendRest() throws(SinkError) {}
}
