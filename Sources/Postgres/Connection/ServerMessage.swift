/// What the server says of a statement that failed.
public struct ServerMessage: Sendable, Equatable {
    /// Five characters, such as `23505`; see appendix A of PostgreSQL's manual.
    public let sqlState: String
    public let message: String
    public let detail: String?
    public let hint: String?
    /// Such as `COPY events, line 7, column price`.
    public let context: String?
    /// The place in the statement, in characters from 1.
    public let position: Int?

    public init(
        sqlState: String, message: String, detail: String? = nil, hint: String? = nil, context: String? = nil,
        position: Int? = nil
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
        self.context = context
        self.position = position
    }

    /// Message, detail and SQLSTATE in one line.
    public var text: String {
        var text = message
        if let detail { text += " (" + detail + ")" }
        return text + " [\(sqlState)]"
    }

    /// The row of a COPY that was at fault, counted from 0; nil when the server does not say.
    ///
    /// A hint, no more: an index may refuse a row later than it was read.
    var copiedRow: Int? {
        let words = (context ?? "").split { $0 == " " || $0 == "," }
        guard words.first == "COPY", let mark = words.firstIndex(of: "line"), mark + 1 < words.count else {
            return nil
        }
        let digits = words[mark + 1].prefix { $0.isNumber && $0.isASCII }
        return Int(digits).flatMap { $0 > 0 ? $0 - 1 : nil }
    }

    enum Kind { case unavailable, rejected, refused }

    /// What a SQLSTATE asks the client to do.
    var kind: Kind {
        switch sqlState {
        // The table has changed beneath us: its rows are not at fault.
        case "22P03": return .refused
        case "57P04": return .refused
        // A lock that is not to be had, an object in use, a server that became a standby.
        case "55P03", "55006", "25006": return .unavailable
        default: break
        }
        switch sqlState.prefix(2) {
        // Connection, resources, an operator's or a disk's doing; serialization and deadlocks.
        case "08", "53", "57", "58", "40": return .unavailable
        // Values, constraints, views' check options, triggers that raise, keys twice in a statement, rows
        // that are too large.
        case "22", "23", "44", "P0", "21", "54", "27", "09": return .rejected
        default: return .refused
        }
    }

    /// What to do about a refusal, where that is known.
    var advice: String? {
        switch sqlState {
        case "28P01", "28000": return "check user and password, and the server's pg_hba.conf"
        case "3D000": return "create the database, or name another in the URL"
        case "3F000": return "create the schema, or name another in 'table.name.format'"
        case "42501": return hint ?? "grant the user what it lacks"
        default: return hint
        }
    }
}
