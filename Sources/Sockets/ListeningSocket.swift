import Diagnostics
import Glibc

/// A socket that listens, made here so that what is wrong with an address can be told.
///
/// It does not block, and no child process has it. Who made it closes it.
public struct ListeningSocket: Sendable {
    public let descriptor: CInt
    /// The one it has, where 0 was asked for.
    public let port: UInt16

    private static let backlog: CInt = 1024

    /// - Parameter port: 0 takes any that is free.
    /// - Throws: what is wrong with the address, or that another program has it.
    public init(host: String, port: UInt16) throws(Diagnostic) {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(host, String(port), &hints, &list)
        guard failure == 0, let first = list else {
            throw Diagnostic(
                .usage, "\(host) is no address of this machine: \(String(cString: gai_strerror(failure)))",
                expected: "an address such as 127.0.0.1 or 0.0.0.0", hint: "correct the host to listen on")
        }
        defer { freeaddrinfo(list) }
        let made = socket(first.pointee.ai_family, first.pointee.ai_socktype | Self.flags, 0)
        var one: CInt = 1
        setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
        guard made >= 0, bind(made, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0,
            listen(made, Self.backlog) == 0
        else {
            let reason = errno
            if made >= 0 { close(made) }
            throw Self.failure(host, port, reason)
        }
        descriptor = made
        self.port = Self.port(of: made) ?? port
    }

    private static let flags = CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)

    private static func failure(_ host: String, _ port: UInt16, _ reason: CInt) -> Diagnostic {
        switch reason {
        case EADDRINUSE:
            Diagnostic(
                .conflict, "port \(port) of \(host) is taken by another program",
                hint: "stop that one, or listen on another port")
        case EACCES:
            Diagnostic(
                .io, "port \(port) of \(host) may not be listened on by this user",
                hint: "take a port above 1023")
        default:
            Diagnostic(
                .io, "\(host):\(port) can't be listened on: \(String(cString: strerror(reason)))",
                hint: "check the address")
        }
    }

    private static func port(of descriptor: CInt) -> UInt16? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let failure = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard failure == 0 else { return nil }
        return withUnsafeBytes(of: &storage) { bytes in
            // After the family, for both families, in network order.
            bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self).bigEndian
        }
    }
}
