import Diagnostics

/// Where a server listens: `127.0.0.1:8088`, `0.0.0.0:8088`, `[::1]:8088`, `:8088`, or ksqlDB's
/// `http://0.0.0.0:8088`.
struct ListenAddress: Equatable, Sendable {
    var host = "127.0.0.1"
    var port: UInt16 = 8088
    /// Whether the text asks for TLS, or for none; nil where it does not say.
    var isSecure: Bool?

    init() {}

    init(port: UInt16) { self.port = port }

    /// - Parameters:
    ///   - name: the flag or setting, for the error.
    ///   - standard: the port that examples have.
    init(_ text: String, of name: String, standard: UInt16 = 8088) throws(Diagnostic) {
        var rest = text[...]
        for (scheme, isSecure) in [("http://", false), ("https://", true)] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            self.isSecure = isSecure
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let colon = rest.lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: colon)...])
        else { throw Self.malformed(text, name, standard) }
        self.port = port
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw Self.malformed(text, name, standard)
        }
        if !host.isEmpty { self.host = String(host) }
    }

    private static func malformed(_ text: String, _ name: String, _ standard: UInt16) -> Diagnostic {
        Diagnostic(
            .usage, "\(name) \(text) is no address", expected: "HOST:PORT, such as 127.0.0.1:\(standard)",
            hint: "0.0.0.0:\(standard) listens on all of the machine's addresses")
    }

    /// As a URL for a client on this machine.
    func url(port: UInt16, isSecure: Bool) -> String {
        let isAny = host == "0.0.0.0" || host == "::"
        let shown = isAny ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(shown):\(port)"
    }
}
