import Language

/// Who does a statement, found by its first words.
enum StatementRoute: Equatable {
    /// The server, which answers with entities.
    case server
    /// The server, whose rows come as they are made; `isEndless` where it goes on until it is ended.
    case query(isEndless: Bool)
    case print
    /// The session.
    case session
    /// The server and the session: SHOW PROPERTIES.
    case properties

    init(_ piece: StatementPiece) {
        let second = piece.words.count > 1 ? piece.words[1] : ""
        switch piece.words.first {
        case "SELECT", "FROM": self = .query(isEndless: piece.words.contains("EMIT"))
        case "PRINT": self = .print
        case "SET", "UNSET", "DEFINE", "UNDEFINE": self = .session
        case "RUN" where second == "SCRIPT": self = .session
        case "SHOW" where second == "VARIABLES", "LIST" where second == "VARIABLES": self = .session
        case "SHOW" where second == "PROPERTIES", "LIST" where second == "PROPERTIES": self = .properties
        default: self = .server
        }
    }

    /// Whether a statement changes what can be named.
    static func changesNames(_ piece: StatementPiece) -> Bool {
        ["CREATE", "DROP", "ALTER", "TERMINATE", "INSERT"].contains(piece.words.first ?? "")
    }
}
