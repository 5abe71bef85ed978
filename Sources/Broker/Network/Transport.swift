import Glibc

/// How the bytes of a connection come and go. Under the lock of its connection.
class Transport {
    enum Transfer: Equatable {
        case bytes(Int)
        /// Not now: when the socket is ready again.
        case again
        /// The other side has ended it, or it broke.
        case ended
    }

    let descriptor: CInt

    init(_ descriptor: CInt) { self.descriptor = descriptor }

    /// Whether reading has to wait until something can be written, as in a handshake.
    var needsWritable: Bool { false }

    /// The name that the other side has proved, if any.
    var peerName: String? { nil }

    func read(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        while true {
            let count = recv(descriptor, room.baseAddress, room.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .again
            default: return .ended
            }
        }
    }

    /// - Parameter start: bytes of the first piece that are gone already.
    func write(_ pieces: ArraySlice<[UInt8]>, from start: Int) -> Transfer {
        guard let first = pieces.first else { return .bytes(0) }
        // Most answers are one piece, or two: a head and records.
        if pieces.count == 1 {
            return first.withUnsafeBytes {
                let rest = UnsafeRawBufferPointer(rebasing: $0[start...])
                return sent { send(descriptor, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL)) }
            }
        }
        let second = pieces[pieces.startIndex + 1]
        return first.withUnsafeBytes { first in
            second.withUnsafeBytes { second in
                let vectors = [
                    iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress.map { $0 + start }),
                        iov_len: first.count - start),
                    iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress),
                        iov_len: second.count),
                ]
                return vectors.withUnsafeBufferPointer { vectors in
                    var message = msghdr()
                    message.msg_iov = UnsafeMutablePointer(mutating: vectors.baseAddress)
                    message.msg_iovlen = 2
                    return sent { sendmsg(descriptor, &message, CInt(MSG_NOSIGNAL)) }
                }
            }
        }
    }

    private func sent(_ body: () -> Int) -> Transfer {
        while true {
            let count = body()
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .again
            default: return .ended
            }
        }
    }

    /// Says good-bye where the protocol has a way to; the descriptor is closed by the connection.
    func end() {}
}
