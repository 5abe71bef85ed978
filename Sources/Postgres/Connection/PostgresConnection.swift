import CLibpq
import Diagnostics
import Glibc

/// A session with a PostgreSQL server. For one thread at a time.
///
/// A session that has lost its server throws `unavailable` at each call; make a new one.
public final class PostgresConnection: @unchecked Sendable {
    /// The database, without its password: for messages.
    public let place: String
    let handle: OpaquePointer
    /// The temporary tables that the session has, by name, with what they were made for.
    var stages: [String: String] = [:]
    /// Whether its owner knows it to be of no more use.
    var isDiscarded = false

    /// Seconds to wait for a server, unless the address says otherwise.
    private static let connectTimeout = 10
    /// What the session asks for where the address does not: a server that vanishes is noticed within half a
    /// minute.
    private static let standard = [
        "application_name": "millrace", "keepalives_idle": "15", "keepalives_interval": "5",
        "keepalives_count": "3", "tcp_user_timeout": "30000",
    ]
    /// The rows of a piece stay in memory on their way through a temporary table.
    private static let settings = """
        SET client_min_messages = warning; SET lock_timeout = '30s'; SET DateStyle = 'ISO'; \
        SET standard_conforming_strings = on; SET temp_buffers = '32MB'
        """

    /// Connects. Throws `refused` where waiting does not help: a wrong password, an unknown database.
    ///
    /// - Parameter statementMilliseconds: how long a statement may take, unless the address says otherwise;
    ///   0 is any time. One that takes longer throws `unavailable`.
    public init(_ address: PostgresAddress, statementMilliseconds: Int = 0) throws(PostgresError) {
        place = address.description
        var parameters = Self.standard.merging(address.parameters) { $1 }
        parameters["client_encoding"] = "UTF8"
        let seconds = parameters.removeValue(forKey: "connect_timeout").flatMap(Int.init) ?? 0
        handle = try Self.start(parameters, at: place)
        // What throws from here on runs `deinit`, which frees the handle.
        try finishConnecting(seconds: seconds > 0 ? seconds : Self.connectTimeout)
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        try execute(Self.settings)
        let says = address.parameters["options"].map { Self.contains($0, "statement_timeout") } ?? false
        if statementMilliseconds > 0, !says {
            try execute("SET statement_timeout = \(statementMilliseconds)")
        }
    }

    deinit { PQfinish(handle) }

    private static func start(
        _ parameters: [String: String], at place: String
    ) throws(PostgresError) -> OpaquePointer {
        if let failure = millrace_libpq_load() {
            throw .refused(
                Diagnostic(
                    .unavailable, "libpq can't be loaded: \(String(cString: failure))",
                    hint: "install it: apt install libpq5"))
        }
        let sorted = parameters.sorted { $0.key < $1.key }
        let texts = sorted.map { strdup($0.key) } + sorted.map { strdup($0.value) }
        defer { for text in texts { free(text) } }
        let count = sorted.count
        let keywords = texts[..<count].map { UnsafePointer($0) } + [nil]
        let values = texts[count...].map { UnsafePointer($0) } + [nil]
        guard let handle = PQconnectStartParams(keywords, values, 0) else {
            throw .unavailable(Diagnostic(.unavailable, "there is no memory to connect to \(place)"))
        }
        return handle
    }

    private func finishConnecting(seconds: Int) throws(PostgresError) {
        // Only then the text of a failure has its SQLSTATE.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        defer { PQsetErrorVerbosity(handle, PQERRORS_DEFAULT) }
        let end = Self.now() + Double(seconds)
        var next = PGRES_POLLING_WRITING
        guard PQstatus(handle) != CONNECTION_BAD else { throw connectFailure() }
        while true {
            switch next {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING, PGRES_POLLING_WRITING:
                let events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT
                var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
                let left = end - Self.now()
                if left <= 0 || poll(&descriptor, 1, Int32(left * 1000) + 1) == 0 {
                    throw .unavailable(
                        Diagnostic(
                            .unavailable, "\(place) does not answer within \(seconds) seconds",
                            hint: "check host and port; it is tried again"))
                }
            default: throw connectFailure()
            }
            next = PQconnectPoll(handle)
        }
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Why there is no connection, from libpq's text: it gives nothing else.
    private func connectFailure() -> PostgresError {
        let text = errorText
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        let state = words.first { word in
            word.count == 6 && word.last == ":"
                && word.dropLast().allSatisfy { $0.isASCII && ($0.isNumber || $0.isUppercase) }
                && word.contains { $0.isNumber }
        }
        if let state = state.map({ String($0.dropLast()) }) {
            return PostgresError(ServerMessage(sqlState: state, message: Self.plain(text)), at: place)
        }
        let isOurs = ["certificate", "SSL", "sslmode", "password", "private key", "channel binding"].contains(
            where: { Self.contains(text, $0) })
        if isOurs && !Self.contains(text, "closed") && !Self.contains(text, "timeout") {
            return .refused(
                Diagnostic(
                    .config, "\(place) can't be used: \(Self.plain(text))",
                    hint: "check user, password, 'sslmode' and 'sslrootcert'"))
        }
        return .unavailable(
            Diagnostic(
                .unavailable, "\(place) is not to be reached: \(Self.plain(text))",
                hint: "start the database or check host and port; it is tried again"))
    }

    /// One line, without what only libpq's authors need.
    private static func plain(_ text: String) -> String {
        text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }.joined(separator: "; ")
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        let (all, wanted) = (Array(text.utf8), Array(part.utf8))
        guard all.count >= wanted.count else { return false }
        return (0...all.count - wanted.count).contains { all[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }

    var errorText: String {
        PQerrorMessage(handle).map { String(cString: $0) }.map(Self.plain) ?? "no reason is known"
    }

    /// Whether the session is over.
    public var isBroken: Bool { PQstatus(handle) == CONNECTION_BAD }

    /// The server's version, such as 150018.
    public var serverVersion: Int { Int(PQserverVersion(handle)) }

    // MARK: Statements

    /// Runs statements, separated by semicolons, whose rows nobody wants.
    public func execute(_ sql: String) throws(PostgresError) {
        _ = try rows(PQexec(handle, sql))
    }

    /// Runs one statement with `$1` and so on as texts.
    public func query(_ sql: String, _ parameters: [String?] = []) throws(PostgresError) -> PostgresRows {
        let texts = parameters.map { $0.map { strdup($0) } ?? nil }
        defer { for text in texts { free(text) } }
        let values = texts.map { UnsafePointer($0) }
        return try rows(
            PQexecParams(handle, sql, Int32(parameters.count), nil, values, nil, nil, 0))
    }

    /// Runs one statement and returns what the server says against it; nil when it was done.
    ///
    /// Throws `unavailable` only.
    func refusal(of sql: String) throws(PostgresError) -> ServerMessage? {
        let result = PQexec(handle, sql)
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
        case PGRES_COPY_IN, PGRES_COPY_OUT:
            return ServerMessage(
                sqlState: "0A000", message: "COPY to or from the client is not possible here")
        default:
            guard let message = message(result), message.kind != .unavailable else { throw failure(result) }
            return message
        }
    }

    private func rows(_ result: OpaquePointer?) throws(PostgresError) -> PostgresRows {
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_COPY_IN:
            return PostgresRows(result)
        default: throw failure(result)
        }
    }

    /// What a result that is none says.
    func failure(_ result: OpaquePointer?) -> PostgresError {
        message(result).map { PostgresError($0, at: place) } ?? lost()
    }

    private func message(_ result: OpaquePointer?) -> ServerMessage? {
        func field(_ name: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(name.value)).map { String(cString: $0) }
        }
        guard let state = field("C"), !(isBroken && state.hasPrefix("XX")) else { return nil }
        return ServerMessage(
            sqlState: state, message: field("M") ?? "no message", detail: field("D"), hint: field("H"),
            context: field("W"), position: field("P").flatMap { Int($0) })
    }

    func lost() -> PostgresError {
        .unavailable(
            Diagnostic(
                .unavailable, "the connection to \(place) is lost: \(errorText)",
                hint: "it is made again once the database answers"))
    }
}
