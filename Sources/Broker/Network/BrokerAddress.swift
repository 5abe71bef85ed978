import Diagnostics
import Sockets

/// A host and a port, to listen on or to be reached at.
public struct BrokerAddress: Hashable, Sendable {
    public var host: String
    /// 0 takes any that is free.
    public var port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// As clients write it: `HOST:PORT`.
    public var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only programs on this machine reach it.
    public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// What a program on this machine connects to.
    var reachable: BrokerAddress {
        host == "0.0.0.0" || host == "::" ? BrokerAddress(host: "localhost", port: port) : self
    }

    /// A socket that listens here, and the address with the port that it has.
    func listen() throws(Diagnostic) -> (descriptor: CInt, address: BrokerAddress) {
        let socket = try ListeningSocket(host: host, port: port)
        return (socket.descriptor, BrokerAddress(host: host, port: socket.port))
    }
}
