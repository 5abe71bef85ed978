import Diagnostics

/// Where a database is and who asks: what libpq calls connection parameters.
///
/// The password is never part of `description` or of an error.
public struct PostgresAddress: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// libpq's keywords with their values, the password among them.
    private(set) var parameters: [String: String] = [:]

    /// Such as `postgresql://app@db:5432/shop`.
    public var description: String {
        let hosts = (parameters["host"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let ports = (parameters["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let places = hosts.enumerated().map { index, host in
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            return host + (port.isEmpty ? "" : ":" + port)
        }
        let user = parameters["user"].map { $0 + "@" } ?? ""
        return "postgresql://" + user + places.joined(separator: ",") + "/" + (parameters["dbname"] ?? "")
    }

    public var debugDescription: String { description }

    /// Reads `postgresql://user:password@host:port/database?parameter=value` and its form for JDBC,
    /// `jdbc:postgresql://host:port/database?…`.
    ///
    /// - Parameters:
    ///   - user: wins over the URL's.
    ///   - password: wins over the URL's.
    /// - Throws: a diagnostic that does not quote the URL, which may hold a password.
    public init(_ url: String, user: String? = nil, password: String? = nil) throws(Diagnostic) {
        var rest = url[...]
        let isJDBC = rest.hasPrefix("jdbc:")
        if isJDBC { rest = rest.dropFirst(5) }
        if rest.hasPrefix("postgresql:") {
            rest = rest.dropFirst(11)
        } else if rest.hasPrefix("postgres:") {
            rest = rest.dropFirst(9)
        } else {
            let scheme = String(rest.prefix { $0 != ":" })
            let isWord = rest.contains(":") && scheme.allSatisfy { $0.isLetter }
            throw Self.fault(
                isWord ? "'\(scheme)' is no database that this sink writes to" : "it is no URL")
        }
        if isJDBC { parameters["host"] = "localhost" }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        try readPlace(parts[0])
        if parts.count > 1 { try readQuery(parts[1]) }
        if let user { parameters["user"] = user }
        if let password { parameters["password"] = password }
    }

    private static func fault(_ what: String, hint: String? = nil) -> Diagnostic {
        Diagnostic(
            .invalidValue, "the URL of the database can't be used: \(what)",
            expected: "'postgresql://host:5432/database' or 'jdbc:postgresql://host:5432/database'",
            hint: hint)
    }

    /// `//user:password@host:port,host:port/database`, or only `database`.
    private mutating func readPlace(_ text: Substring) throws(Diagnostic) {
        guard text.hasPrefix("//") else {
            if !text.isEmpty { parameters["dbname"] = try Self.decoded(text.drop { $0 == "/" }) }
            return
        }
        var place = text.dropFirst(2)
        if let slash = place.firstIndex(of: "/") {
            let name = place[place.index(after: slash)...]
            if !name.isEmpty { parameters["dbname"] = try Self.decoded(name) }
            place = place[..<slash]
        }
        if let at = place.lastIndex(of: "@") {
            let who = place[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if !who[0].isEmpty { parameters["user"] = try Self.decoded(who[0]) }
            if who.count > 1 { parameters["password"] = try Self.decoded(who[1]) }
            place = place[place.index(after: at)...]
        }
        guard !place.isEmpty else { return }
        var hosts: [String] = []
        var ports: [String] = []
        for part in place.split(separator: ",", omittingEmptySubsequences: false) {
            let (host, port) = try Self.hostAndPort(part)
            hosts.append(host)
            ports.append(port)
        }
        parameters["host"] = hosts.joined(separator: ",")
        if ports.contains(where: { !$0.isEmpty }) { parameters["port"] = ports.joined(separator: ",") }
    }

    private static func hostAndPort(_ text: Substring) throws(Diagnostic) -> (String, String) {
        var host = text
        var port = Substring()
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            if rest.hasPrefix(":") { port = rest.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        if !port.isEmpty {
            guard let number = Int(port), (1...65_535).contains(number) else {
                throw fault("'\(port)' is no port", hint: "percent-encode '@', ':' and '/' in a password")
            }
        }
        return (try decoded(host), String(port))
    }

    private mutating func readQuery(_ text: Substring) throws(Diagnostic) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(parts[0])
            let value = parts.count > 1 ? try Self.decoded(parts[1]) : "true"
            try take(name, value)
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(Diagnostic) {
        if Self.keywords.contains(name) {
            parameters[name] = value
            return
        }
        switch name {
        case "ssl":
            // As PostgreSQL's JDBC driver has it: the certificate is verified.
            if value != "false", parameters["sslmode"] == nil { parameters["sslmode"] = "verify-full" }
        case "ApplicationName": parameters["application_name"] = value
        case "loginTimeout", "connectTimeout": parameters["connect_timeout"] = value
        case "socketTimeout": parameters["tcp_user_timeout"] = Int(value).map { String($0 * 1000) } ?? "0"
        case "tcpKeepAlive": parameters["keepalives"] = value == "true" ? "1" : "0"
        case "currentSchema":
            parameters["options"] = (parameters["options"].map { $0 + " " } ?? "") + "-csearch_path=" + value
        case "targetServerType":
            parameters["target_session_attrs"] = ["primary", "master"].contains(value) ? "read-write" : "any"
        case _ where Self.meaningless.contains(name): break
        default:
            let known = Self.keywords + Self.understood + Self.meaningless
            let suggestion = NearestName.suggestion(for: name, among: known)
            throw Self.fault(
                "it has no parameter '\(name)'",
                hint: suggestion.map { "did you mean '\($0)'?" } ?? "remove it")
        }
    }

    /// What libpq 15 knows and a sink may need.
    private static let keywords = [
        "application_name", "channel_binding", "connect_timeout", "dbname", "gssencmode", "host", "hostaddr",
        "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "krbsrvname", "options",
        "passfile", "password", "port", "requirepeer", "service", "ssl_max_protocol_version",
        "ssl_min_protocol_version", "sslcert", "sslcrl", "sslcrldir", "sslkey", "sslmode", "sslpassword",
        "sslrootcert", "sslsni", "target_session_attrs", "tcp_user_timeout", "user",
    ]
    private static let understood = [
        "ApplicationName", "connectTimeout", "currentSchema", "loginTimeout", "socketTimeout", "ssl",
        "targetServerType", "tcpKeepAlive",
    ]
    /// Parameters of the JDBC driver that are about how it works inside.
    private static let meaningless = [
        "assumeMinServerVersion", "autosave", "binaryTransfer", "defaultRowFetchSize", "loggerLevel",
        "prepareThreshold", "preparedStatementCacheQueries", "preparedStatementCacheSizeMiB",
        "reWriteBatchedInserts", "readOnly", "sslfactory", "stringtype",
    ]

    /// The text with its `%41` put as bytes.
    private static func decoded(_ text: Substring) throws(Diagnostic) -> String {
        guard text.contains("%") else { return String(text) }
        var bytes: [UInt8] = []
        let utf8 = Array(text.utf8)
        var index = 0
        while index < utf8.count {
            guard utf8[index] == UInt8(ascii: "%") else {
                bytes.append(utf8[index])
                index += 1
                continue
            }
            guard index + 2 < utf8.count,
                let byte = UInt8(String(decoding: utf8[index + 1...index + 2], as: UTF8.self), radix: 16)
            else { throw fault("'%' is not followed by two digits", hint: "write '%25' for a '%'") }
            bytes.append(byte)
            index += 3
        }
        guard let result = String(validating: bytes, as: UTF8.self) else { throw fault("it is no UTF-8") }
        return result
    }
}
