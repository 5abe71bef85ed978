/// Where the dead letters of a source go, once per epoch.
///
/// `open` comes first; then for each epoch `begin`, any number of `append`, `finish`, by one thread.
public protocol DeadLetterKeeper: AnyObject, Sendable {
    /// - Parameters:
    ///   - instance: who the state directory belongs to.
    ///   - openEpoch: the epoch that is to come, whose letters may be there already.
    ///   - directory: where letters are kept that have no other place.
    func open(instance: String, openEpoch: Int64, directory: String) throws(SinkError)

    /// An epoch begins, at this wall-clock time in milliseconds.
    func begin(clock: Int64)

    /// Adds letters to the epoch.
    ///
    /// - Parameter clock: that the records have seen, where it is not the epoch's.
    func append(_ letters: [DeadLetter], clock: Int64?)

    /// Ends the epoch: what is returned makes its letters durable, by any thread, and may be called again.
    func finish(epoch: Int64) -> @Sendable () throws(SinkError) -> Void
}
