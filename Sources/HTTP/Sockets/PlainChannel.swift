import Glibc

/// A socket as it is.
final class PlainChannel: ByteChannel {
    let descriptor: CInt

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    func read(into target: UnsafeMutableRawBufferPointer) -> ChannelOutcome {
        outcome(recv(descriptor, target.baseAddress, target.count, 0))
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> ChannelOutcome {
        outcome(send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL)))
    }

    private func outcome(_ count: Int) -> ChannelOutcome {
        if count > 0 { return .bytes(count) }
        if count < 0, errno == EAGAIN || errno == EINTR { return .wait }
        return .closed
    }

    func close() { Glibc.close(descriptor) }
}
