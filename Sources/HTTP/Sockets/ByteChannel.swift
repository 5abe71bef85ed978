/// A connection's bytes in both directions, plain or behind TLS; nothing waits.
protocol ByteChannel: AnyObject {
    var descriptor: CInt { get }

    func read(into target: UnsafeMutableRawBufferPointer) -> ChannelOutcome
    /// Where it answers `wait` the same bytes come again.
    func write(_ bytes: UnsafeRawBufferPointer) -> ChannelOutcome
    /// Once, at the end.
    func close()
}

/// What came of reading or writing.
enum ChannelOutcome: Equatable {
    /// So many bytes, at least one.
    case bytes(Int)
    /// Not now: when the socket is ready again.
    case wait
    /// The other side has ended the connection, or it is broken.
    case closed
}
