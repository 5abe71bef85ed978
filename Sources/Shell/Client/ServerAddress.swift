import Diagnostics
import Glibc

/// Where the server is, and who asks.
public struct ServerAddress: Sendable, Equatable {
    public static let standard = "http://127.0.0.1:8088"

    /// `http://host:port`, perhaps with a path, without a slash at its end and without a password.
    public let url: String
    public var user: String?
    public var password: String?
    /// A file of certificates that are trusted.
    public var authorities: String?

    /// Reads `http://[user:password@]host[:port][/path]`; without a scheme, `http` is meant.
    ///
    /// - Throws: a `usage` diagnostic that quotes no password.
    public init(_ text: String) throws(Diagnostic) {
        var rest = text[...]
        var scheme = "http"
        if let end = rest.range(of: "://") {
            scheme = rest[..<end.lowerBound].lowercased()
            rest = rest[end.upperBound...]
        }
        guard scheme == "http" || scheme == "https" else { throw Self.fault(text) }
        while rest.last == "/" { rest.removeLast() }
        let hostEnd = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        var host = rest[..<hostEnd]
        let path = rest[hostEnd...]
        if let at = host.lastIndex(of: "@") {
            let who = host[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = String(who[0])
            if who.count > 1 { password = String(who[1]) }
            host = host[host.index(after: at)...]
        }
        let hasStrange = rest.contains { $0.isWhitespace || $0 == "?" || $0 == "#" || $0 == "\"" }
        guard !host.isEmpty, !hasStrange else { throw Self.fault(text) }
        if let colon = host.lastIndex(of: ":"), host.last != "]" {
            guard let port = Int(host[host.index(after: colon)...]), (1...65_535).contains(port) else {
                throw Self.fault(text)
            }
        }
        // A host alone means the port of ksqlDB's servers, as the address of nobody's web page.
        let hasPort = host.last != "]" && host.contains(":") && !host.hasSuffix(":")
        url = "\(scheme)://\(host)\(hasPort || scheme == "https" || !path.isEmpty ? "" : ":8088")\(path)"
    }

    /// The address where a pipeline's own server is.
    public var isLocal: Bool {
        ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].contains { url.hasPrefix($0) }
    }

    private static func fault(_ text: String) -> Diagnostic {
        Diagnostic(
            .usage, "\(SecretMask.masked(text)) is no address of a server",
            expected: "http://HOST:PORT or https://HOST:PORT", hint: "such as \(standard)")
    }
}

extension Substring {
    /// The first occurrence of a text.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
