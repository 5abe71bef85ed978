import Foundation
import Synchronization

/// Makes tokens, signed with a key of its own, and gives them to clients by OAuth 2 over HTTP.
final class TokenIssuer: Sendable {
    struct Unavailable: Error {}

    private struct State {
        /// How many tokens were given.
        var given = 0
        var requests: [String] = []
        var status = 200
        var seconds = 3600
    }

    private let folder: String
    private let listener: Int32
    let port: UInt16
    private let state = Mutex(State())

    init() throws {
        folder = NSTemporaryDirectory() + "issuer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                bind(descriptor, place, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, place, &size) == 0
            }
        }
        guard isBound else { throw Unavailable() }
        port = UInt16(bigEndian: address.sin_port)
        try Self.openssl(["genrsa", "-out", folder + "/key.pem", "2048"])
        let modulus = try Self.openssl(["rsa", "-in", folder + "/key.pem", "-noout", "-modulus"])
        let hexadecimal = Array(String(decoding: modulus, as: UTF8.self).dropFirst(8).filter(\.isHexDigit))
        let bytes = stride(from: 0, to: hexadecimal.count, by: 2).compactMap {
            UInt8(String(hexadecimal[$0...($0 + 1)]), radix: 16)
        }
        try #"{"keys":[{"kty":"RSA","kid":"k1","e":"AQAB","n":"\#(Self.encoded(Data(bytes)))"}]}"#.write(
            toFile: keys, atomically: true, encoding: .utf8)
        let thread = Thread { [self] in while serveOne() {} }
        thread.start()
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// The public key, as a JWK set.
    var keys: String { folder + "/jwks.json" }
    var url: String { "http://127.0.0.1:\(port)/token" }
    var given: Int { state.withLock { $0.given } }
    var requests: [String] { state.withLock { $0.requests } }

    func set(status: Int) { state.withLock { $0.status = status } }
    func set(seconds: Int) { state.withLock { $0.seconds = seconds } }

    func token(user: String, audience: String = "kafka", seconds: Int = 3600) throws -> String {
        let end = Int(Date().timeIntervalSince1970) + seconds
        let head = Self.encoded(Data(#"{"alg":"RS256","kid":"k1"}"#.utf8))
        let claims = #"{"sub":"\#(user)","aud":"\#(audience)","iss":"test","exp":\#(end)}"#
        let signed = head + "." + Self.encoded(Data(claims.utf8))
        let file = folder + "/\(UUID().uuidString)"
        try signed.write(toFile: file, atomically: true, encoding: .utf8)
        let signature = try Self.openssl(["dgst", "-sha256", "-sign", folder + "/key.pem", file])
        return signed + "." + Self.encoded(signature)
    }

    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
            "=", with: "")
    }

    @discardableResult private static func openssl(_ words: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + words
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unavailable() }
        return data
    }

    // MARK: HTTP

    private func serveOne() -> Bool {
        let client = accept(listener, nil, nil)
        guard client >= 0 else {
            close(listener)
            return false
        }
        defer { close(client) }
        var text = ""
        var room = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = recv(client, &room, room.count, 0)
            if count <= 0 { return true }
            text += String(decoding: room[..<count], as: UTF8.self)
            guard let end = text.firstRange(of: "\r\n\r\n") else { continue }
            let length = text.lowercased().split(separator: "content-length: ").dropFirst().first
                .flatMap { Int($0.prefix { $0.isNumber }) }
            if text[end.upperBound...].utf8.count >= length ?? 0 { break }
        }
        let (status, seconds) = state.withLock { state in
            state.requests.append(text)
            if state.status == 200 { state.given += 1 }
            return (state.status, state.seconds)
        }
        let body: String
        if status == 200, let token = try? token(user: "shop") {
            body = #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":\#(seconds)}"#
        } else {
            body = #"{"error":"invalid_client","error_description":"nobody of that name"}"#
        }
        let answer =
            "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
        _ = Array(answer.utf8).withUnsafeBytes {
            send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        return true
    }
}
