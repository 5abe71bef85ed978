import Diagnostics

/// An input that is read by position, so that any part of it can be read again after a crash.
///
/// Contract, from one thread save for ``wake()`` and the loaders of ``chunks(of:targetBytes:)``:
/// - ``restore(_:)`` comes first, then ``replay(_:)`` for each range logged behind that position, in their
///   order, then ``poll(maximumBytes:isFinal:)`` again and again.
/// - A range gives the same records however often and with whatever chunk size it is read.
/// - Ranges of one partition come in its order and neither overlap nor leave out a byte.
public protocol Source: AnyObject {
    /// Takes up the position of a checkpoint; nil is the very start. Verifies what it can.
    func restore(_ position: [UInt8]?) throws(Diagnostic)

    /// The position behind all ranges that were handed out or replayed so far.
    func position() -> [UInt8]

    /// New input that is there now, in order, at most `maximumBytes` but one record if there is any; never
    /// blocks.
    ///
    /// `isFinal` takes unterminated last records too, without waiting for them to be finished.
    func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange]

    /// Takes up a range that was logged before a crash, as if `poll` had returned it.
    ///
    /// Throws when its bytes are not there any more; the range's loaders then say so too.
    func replay(_ range: InputRange) throws(Diagnostic)

    /// The parts of a range in order, each of about `targetBytes`, to be loaded on any thread.
    func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader]

    /// Blocks until there may be input, `wake` is called or the time is up.
    func wait(milliseconds: Int)

    /// Ends a `wait`, or the next one. From any thread.
    func wake()

    /// Says that every range handed out so far is durably processed.
    func acknowledge() throws(Diagnostic)

    /// Bytes that are there and not yet taken.
    func lag() -> Int

    /// Whether others are to wait until it has given what belongs before all of theirs, such as the rows that
    /// a table has at the start.
    var comesFirst: Bool { get }

    /// What keeps it from being read for the time being, and since when; nil when nothing does. From any
    /// thread.
    var trouble: SourceTrouble? { get }

    /// The task is to stop: calls that wait for what is away return or throw `cancelled`. From any thread.
    func giveUp()
}

extension Source {
    public var comesFirst: Bool { false }

    public var trouble: SourceTrouble? { nil }

    public func giveUp() {}
}
