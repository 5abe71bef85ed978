import Diagnostics
import HTTPClient

/// Where a registry is, and who asks it: read from settings as Confluent's clients have them.
public struct RegistryConnection: Sendable {
    /// Without a slash at the end, a name or a password; the first that answers is asked.
    public let urls: [String]
    public let identity: HTTPIdentity
    /// For one answer.
    public var timeoutMilliseconds = 10_000
    /// How long one that does not answer is asked again.
    public var patienceMilliseconds = 30_000

    public static let urlName = "schema.registry.url"
    static let prefix = "schema.registry."
    private static let paths: [String: WritableKeyPath<HTTPIdentity, String?> & Sendable] = [
        "ssl.ca.location": \.authorities, "ssl.truststore.location": \.authorities,
        "ssl.certificate.location": \.certificate, "ssl.keystore.location": \.certificate,
        "ssl.key.location": \.key, "ssl.key.password": \.keyPassword, "bearer.auth.token": \.token,
    ]
    private static let others = [
        "url", "basic.auth.user.info", "basic.auth.credentials.source", "request.timeout.ms",
        "retry.timeout.ms", "bearer.auth.credentials.source", "ssl.truststore.type", "ssl.keystore.type",
        "ssl.endpoint.identification.algorithm",
    ]

    /// All names, for those who look for them.
    public static let names = (others + paths.keys).sorted().map { prefix + $0 }

    /// Whether a setting is one of these, perhaps with `ksql.` in front as ksqlDB's server has it.
    public static func plainName(_ name: String) -> String? {
        let lower = name.lowercased()
        let plain = lower.hasPrefix("ksql.") ? String(lower.dropFirst("ksql.".count)) : lower
        return plain.hasPrefix(prefix) ? plain : nil
    }

    /// nil where no URL is set. Values are quoted in no error but the URL.
    public init?(_ settings: [String: String]) throws(Diagnostic) {
        var values: [String: String] = [:]
        for (name, value) in settings {
            guard let plain = Self.plainName(name) else { continue }
            values[String(plain.dropFirst(Self.prefix.count))] = value
        }
        for name in values.keys.sorted() where !Self.others.contains(name) && Self.paths[name] == nil {
            let full = Self.prefix + name
            let suggestion = NearestName.suggestion(for: full, among: Self.names)
            throw Diagnostic(
                .unknownProperty, "there is no setting '\(full)'",
                expected: "one of " + Self.names.joined(separator: ", "),
                hint: suggestion.map { "did you mean '\($0)'?" })
        }
        guard let url = values["url"], !url.isEmpty else { return nil }
        var identity = HTTPIdentity()
        var urls: [String] = []
        for part in url.split(separator: ",") {
            urls.append(try Self.url(part.filter { $0 != " " }, &identity))
        }
        guard !urls.isEmpty else { throw Self.malformed(url) }
        for (name, path) in Self.paths {
            guard let value = values[name], !value.isEmpty else { continue }
            identity[keyPath: path] = value
        }
        try Self.checkStores(values)
        if let info = values["basic.auth.user.info"], !info.isEmpty {
            guard let colon = info.firstIndex(of: ":") else {
                throw Diagnostic(
                    .config, "\(Self.prefix)basic.auth.user.info has no colon", expected: "USER:PASSWORD")
            }
            identity.user = String(info[..<colon])
            identity.password = String(info[info.index(after: colon)...])
        }
        self.urls = urls
        self.identity = identity
        timeoutMilliseconds = try Self.number("request.timeout.ms", values) ?? timeoutMilliseconds
        patienceMilliseconds = try Self.number("retry.timeout.ms", values) ?? patienceMilliseconds
    }

    private static func number(_ name: String, _ values: [String: String]) throws(Diagnostic) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), (0...3_600_000).contains(number) else {
            throw Diagnostic(
                .config, "\(prefix)\(name) = \(text) is no time", expected: "milliseconds, up to an hour")
        }
        return number
    }

    private static func checkStores(_ values: [String: String]) throws(Diagnostic) {
        for store in ["truststore", "keystore"] {
            let type = values["ssl.\(store).type"]?.uppercased() ?? "PEM"
            let path = values["ssl.\(store).location"] ?? ""
            guard type == "PEM", !path.hasSuffix(".jks"), !path.hasSuffix(".p12") else {
                throw Diagnostic(
                    .config, "\(prefix)ssl.\(store).location names a store of Java's",
                    expected: "a PEM file",
                    hint: "openssl pkcs12 -in STORE.p12 -out FILE.pem turns it into one")
            }
        }
        let source = values["basic.auth.credentials.source"]?.uppercased() ?? "USER_INFO"
        guard source == "USER_INFO" || source == "URL" else {
            throw Diagnostic(
                .config, "\(prefix)basic.auth.credentials.source = \(source) is not known here",
                expected: "USER_INFO or URL")
        }
    }

    /// The URL without a name and password, which go to the identity.
    private static func url(_ text: String, _ identity: inout HTTPIdentity) throws(Diagnostic) -> String {
        for scheme in ["http://", "https://"] where text.lowercased().hasPrefix(scheme) {
            var rest = text.dropFirst(scheme.count)
            while rest.last == "/" { rest.removeLast() }
            let hostEnd = rest.firstIndex(of: "/") ?? rest.endIndex
            if let at = rest[..<hostEnd].lastIndex(of: "@") {
                let who = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                identity.user = who.first.map { String($0) }
                identity.password = who.count > 1 ? String(who[1]) : nil
                rest = rest[rest.index(after: at)...]
            }
            let isStrange = rest.contains { $0.isWhitespace || $0 == "?" || $0 == "#" }
            guard !rest.isEmpty, rest.first != "/", !isStrange else { break }
            return scheme + rest
        }
        throw malformed(text)
    }

    private static func malformed(_ text: String) -> Diagnostic {
        Diagnostic(
            .config, "\(SecretMask.masked(text)) is no address of a schema registry",
            expected: "http://HOST:PORT or https://HOST:PORT", hint: "such as http://127.0.0.1:8081")
    }
}
