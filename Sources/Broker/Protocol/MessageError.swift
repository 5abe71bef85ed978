/// Why bytes are no message of the protocol: the connection that sent them is closed.
enum MessageError: Error, Equatable {
    /// They end too early.
    case incomplete
    /// They say something impossible.
    case malformed(String)
    /// More elements than a message may have.
    case tooLarge(elements: Int)
}
