import Diagnostics

/// Statements: which one it is, and the smaller ones.
extension SyntaxReader {
    /// The whole text as one statement.
    mutating func wholeStatement() throws(Diagnostic) -> Statement {
        let statement = try statement()
        // A semicolon can only be here when a variable's value brought it in.
        if token.symbol == .semicolon {
            throw refused(
                "a variable's value ends the statement", at: token.span,
                hint: "a value may be part of a statement, not hold several")
        }
        note("';'")
        try expectEnd()
        return statement
    }

    mutating func statement() throws(Diagnostic) -> Statement {
        try enter()
        defer { leave() }
        let start = position
        let kind = try statementKind()
        return Statement(
            kind, span: span(from: start), text: substitutedText(from: start), source: source)
    }

    private mutating func statementKind() throws(Diagnostic) -> Statement.Kind {
        switch token.keyword {
        case .select: return .query(try query())
        case .create: return try create()
        case .insert: return try insert()
        case .drop: return .drop(try drop())
        case .alter: return try alter()
        case .describe: return .describe(try describe())
        case .show, .list: return .show(try show())
        case .explain: return .explain(try explain())
        case .print: return .print(try printTopic())
        case .terminate: return .queryControl(try queryControl(.terminate))
        case .pause: return .queryControl(try queryControl(.pause))
        case .resume: return .queryControl(try queryControl(.resume))
        case .define: return .define(try define())
        case .undefine:
            advance()
            return .undefine(try variableName().name)
        case .set:
            advance()
            return .set(try setting("SET"))
        case .unset:
            advance()
            let property = try settingName("UNSET")
            return .unset(Identifier(property.text, isQuoted: true, span: property.span))
        case .run: return try runScript()
        case .assert: return .assert(try assertion())
        default: throw unknownStatement()
        }
    }

    private mutating func unknownStatement() -> Diagnostic {
        for keyword in Keyword.statementStarts { note(keyword.rawValue, keyword) }
        guard case .word = token.kind else { return unexpected(hint: "a statement begins with a verb") }
        if let hint = Self.otherVerbs[token.text.uppercased()] { return unexpected(hint: hint) }
        let near = NearestName.suggestion(
            for: token.text, among: Keyword.statementStarts.map(\.rawValue))
        return unexpected(
            hint: near.map { "did you mean \($0)?" } ?? "a statement begins with one of these words",
            message: "unknown statement \(token.text)")
    }

    /// What to do in place of statements that other databases have.
    private static let otherVerbs = [
        "UPDATE": "rows are not updated in place: insert a row of the same key into a table's source",
        "DELETE": "rows are not deleted: insert a row with the key and a NULL value, or WHERE them away",
        "MERGE": "a TABLE already keeps the latest row of each key",
        "TRUNCATE": "DROP the stream or table and CREATE it again",
        "WITH": "name the inner query with CREATE STREAM … AS SELECT and read from that",
        "VALUES": "write INSERT INTO name VALUES (…)", "USE": "there is one catalogue: leave it out",
        "DESC": "write DESCRIBE", "EXIT": "in the shell, leave with exit and no semicolon",
        "KILL": "write TERMINATE and the query's id",
        "COPY": "a stream reads files: CREATE STREAM … WITH (connector = 'files', …)",
        "LOAD": "a stream reads files: CREATE STREAM … WITH (connector = 'files', …)",
    ]

    // MARK: Settings

    private mutating func settingName(_ verb: String) throws(Diagnostic) -> Token {
        try string(hint: "the name of a setting stands in single quotes: \(verb) 'emit.per.record'")
    }

    /// `'name' = 'value'`.
    mutating func setting(_ verb: String) throws(Diagnostic) -> Setting {
        let name = try settingName(verb)
        try expect(.equal)
        let value = try string(hint: "the value of a setting stands in single quotes: 'true'")
        return Setting(name: name.text, value: value.text, nameSpan: name.span, valueSpan: value.span)
    }

    private mutating func define() throws(Diagnostic) -> Setting {
        advance()
        let (name, text) = try variableName()
        try expect(.equal, hint: "DEFINE name = 'value'")
        let value = try string(hint: "the value of a variable stands in single quotes")
        // As written: SHOW VARIABLES lists it so, and lookups ignore case anyway.
        return Setting(
            name: text, value: value.text, nameSpan: name.span, valueSpan: value.span)
    }

    /// Any word: in `${from}` no word means anything else.
    private mutating func variableName() throws(Diagnostic) -> (name: Identifier, text: String) {
        let text = token.text
        if case .word = token.kind { return (takeName(), text) }
        return (try name(), text)
    }

    private mutating func runScript() throws(Diagnostic) -> Statement.Kind {
        advance()
        try expect(.script)
        return .runScript(path: try string(hint: "the path stands in single quotes").text)
    }

    // MARK: Queries that run

    private mutating func queryControl(_ action: QueryControl.Action) throws(Diagnostic) -> QueryControl {
        advance()
        if accept(.all) { return QueryControl(action: action, query: nil) }
        // `TERMINATE QUERY id` is how it once was written.
        if token.keyword == .query, peek().isName { advance() }
        guard let query = acceptName() else {
            throw unexpected(hint: "SHOW QUERIES lists the ids of the queries")
        }
        return QueryControl(action: action, query: query)
    }

    private mutating func explain() throws(Diagnostic) -> Explain {
        advance()
        let isID = token.isName && (peek().kind == .end || peek().symbol == .semicolon)
        if isID { return .query(takeName()) }
        return .statement(try statement())
    }

    // MARK: Looking at things

    private mutating func show() throws(Diagnostic) -> Show {
        advance()
        let subject = try showSubject()
        switch subject {
        case .streams, .tables, .queries, .topics:
            return Show(subject, isExtended: accept(.extended))
        default:
            return Show(subject)
        }
    }

    private mutating func showSubject() throws(Diagnostic) -> Show.Subject {
        if accept(.streams) { return .streams }
        if accept(.tables) { return .tables }
        if accept(.topics) { return .topics(all: false) }
        if accept(.queries) { return .queries }
        if accept(.connectors) { return .connectors(nil) }
        if accept(.functions) { return .functions }
        if accept(.types) { return .types }
        if accept(.variables) { return .variables }
        if accept(.properties) { return .properties }
        if accept(.all) {
            try expect(.topics)
            return .topics(all: true)
        }
        if accept(.source) {
            try expect(.connectors)
            return .connectors(.source)
        }
        if accept(.sink) {
            try expect(.connectors)
            return .connectors(.sink)
        }
        if accept(.connector) {
            try expect(.plugins)
            return .connectorPlugins
        }
        throw unexpected()
    }

    private mutating func describe() throws(Diagnostic) -> Describe {
        advance()
        let isLast = peek().kind == .end
        if !isLast, accept(.function) { return .function(try name()) }
        if !isLast, accept(.connector) { return .connector(try name()) }
        if accept(.streams) { return .streams(isExtended: accept(.extended)) }
        if accept(.tables) { return .tables(isExtended: accept(.extended)) }
        // `DESCRIBE EXTENDED name` is how it once was written.
        let extendedFirst = !isLast && accept(.extended)
        let source = try name(hint: "SHOW STREAMS and SHOW TABLES list the names")
        return .source(source, isExtended: accept(.extended) || extendedFirst)
    }

    private mutating func printTopic() throws(Diagnostic) -> PrintTopic {
        advance()
        var result = PrintTopic(topic: try externalName())
        if try accept(all: .from, .beginning) { result.fromBeginning = true }
        if accept(.interval) || accept(.sample) { result.interval = try count() }
        if accept(.limit) { result.limit = try count() }
        return result
    }
}
