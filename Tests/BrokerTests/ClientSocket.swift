import Foundation

@testable import Broker

/// A client that says what it is told to, and waits for what comes.
final class ClientSocket {
    private let descriptor: CInt
    private var correlation: Int32 = 0

    struct Closed: Error {}

    /// - Parameter waitSeconds: for what is read.
    init(_ address: BrokerAddress, waitSeconds: Double = 60) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = address.port.bigEndian
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Closed() }
        // A broker that does not answer is found out, and not waited for until the tests are ended.
        var limit = timeval(
            tv_sec: Int(waitSeconds), tv_usec: Int(waitSeconds.truncatingRemainder(dividingBy: 1) * 1e6))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Has the connection broken off when it goes, instead of ended.
    func breaksOff() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    func write(_ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress.map { $0 + start }, bytes.count - start, CInt(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Closed() }
            start += count
        }
    }

    func read(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var start = 0
        while start < count {
            let got = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress.map { $0 + start }, count - start, 0)
            }
            guard got > 0 else { throw Closed() }
            start += got
        }
        return bytes
    }

    /// The next answer, with its header.
    func answer() throws -> [UInt8] {
        let size = try read(4).reduce(0) { $0 << 8 | Int($1) }
        return try read(size)
    }

    static func frame<Request: Message>(_ request: Request, version: Int16, correlation: Int32) -> [UInt8] {
        var header = RequestHeader()
        header.requestApiKey = Request.apiKey
        header.requestApiVersion = version
        header.correlationID = correlation
        header.clientID = "test"
        let flexible = version >= Request.firstFlexibleVersion
        let body = header.encoded(version: flexible ? 2 : 1) + request.encoded(version: version)
        return withUnsafeBytes(of: Int32(body.count).bigEndian) { Array($0) } + body
    }

    func ask<Request: Message, Response: Message>(
        _ request: Request, version: Int16, for _: Response.Type = Response.self
    ) throws -> Response {
        correlation += 1
        try write(ClientSocket.frame(request, version: version, correlation: correlation))
        return try read(Response.self, version: version)
    }

    func read<Response: Message>(_: Response.Type, version: Int16) throws -> Response {
        let bytes = try answer()
        let isFlexible = version >= Response.firstFlexibleVersion && Response.apiKey != 18
        return try Response(Array(bytes.dropFirst(isFlexible ? 5 : 4)), version: version)
    }
}
