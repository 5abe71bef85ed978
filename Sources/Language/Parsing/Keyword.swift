/// The words with a meaning of their own. Most may be used as names too: see ``isReserved``.
enum Keyword: String, CaseIterable {
    case add = "ADD", advance = "ADVANCE", all = "ALL", alter = "ALTER", and = "AND", array = "ARRAY"
    case `as` = "AS", asc = "ASC", assert = "ASSERT", beginning = "BEGINNING", between = "BETWEEN"
    case bigint = "BIGINT", boolean = "BOOLEAN", by = "BY", bytes = "BYTES", `case` = "CASE"
    case cast = "CAST", changes = "CHANGES", column = "COLUMN", columns = "COLUMNS"
    case connector = "CONNECTOR", connectors = "CONNECTORS", create = "CREATE", cross = "CROSS"
    case date = "DATE", days = "DAYS", decimal = "DECIMAL", deduplicate = "DEDUPLICATE", define = "DEFINE"
    case delete = "DELETE", desc = "DESC", describe = "DESCRIBE", distinct = "DISTINCT", double = "DOUBLE"
    case drop = "DROP", `else` = "ELSE", emit = "EMIT", end = "END", escape = "ESCAPE", exists = "EXISTS"
    case explain = "EXPLAIN", extended = "EXTENDED", `false` = "FALSE", final = "FINAL", from = "FROM"
    case full = "FULL", function = "FUNCTION", functions = "FUNCTIONS", grace = "GRACE", group = "GROUP"
    case having = "HAVING", header = "HEADER", headers = "HEADERS", hopping = "HOPPING", id = "ID"
    case `if` = "IF", `in` = "IN", inner = "INNER", insert = "INSERT", int = "INT", integer = "INTEGER"
    case interval = "INTERVAL", into = "INTO", `is` = "IS", join = "JOIN", key = "KEY"
    case lateral = "LATERAL", left = "LEFT", like = "LIKE", limit = "LIMIT", list = "LIST", map = "MAP"
    case not = "NOT", null = "NULL", on = "ON", or = "OR", order = "ORDER", outer = "OUTER", over = "OVER"
    case partition = "PARTITION", pause = "PAUSE", period = "PERIOD", plugins = "PLUGINS"
    case primary = "PRIMARY", print = "PRINT", properties = "PROPERTIES", queries = "QUERIES"
    case query = "QUERY", rename = "RENAME", replace = "REPLACE", resume = "RESUME"
    case retention = "RETENTION", right = "RIGHT", run = "RUN", sample = "SAMPLE", schema = "SCHEMA"
    case script = "SCRIPT", select = "SELECT", session = "SESSION", set = "SET", show = "SHOW"
    case sink = "SINK", size = "SIZE", source = "SOURCE", stream = "STREAM", streams = "STREAMS"
    case string = "STRING", `struct` = "STRUCT", subject = "SUBJECT", system = "SYSTEM", table = "TABLE"
    case tables = "TABLES", terminate = "TERMINATE", then = "THEN", time = "TIME", timeout = "TIMEOUT"
    case timestamp = "TIMESTAMP", topic = "TOPIC", topics = "TOPICS", `true` = "TRUE"
    case tumbling = "TUMBLING", type = "TYPE", types = "TYPES", undefine = "UNDEFINE", union = "UNION"
    case unset = "UNSET", using = "USING", values = "VALUES", varchar = "VARCHAR", variables = "VARIABLES"
    case when = "WHEN", `where` = "WHERE", window = "WINDOW", with = "WITH", within = "WITHIN"

    /// Whether the word can be a name only in quotes: the words that begin or join clauses.
    var isReserved: Bool {
        switch self {
        case .and, .as, .between, .by, .case, .cast, .create, .cross, .distinct, .drop, .else, .end,
            .false, .from, .full, .group, .having, .in, .inner, .insert, .into, .is, .join, .left, .like,
            .limit, .not, .null, .on, .or, .outer, .right, .select, .then, .true, .union, .when, .where,
            .window, .with, .within:
            true
        default:
            false
        }
    }
}

extension Keyword {
    /// Words that begin a clause but may be names: after a source or a SELECT expression they are never
    /// taken as an alias unless AS stands before them.
    var beginsClause: Bool {
        switch self {
        case .emit, .partition, .deduplicate, .order, .grace, .using: true
        default: isReserved
        }
    }

    /// The words that can begin a statement.
    static let statementStarts: [Keyword] = [
        .create, .select, .insert, .drop, .alter, .describe, .show, .list, .explain, .print, .terminate,
        .pause, .resume, .define, .undefine, .set, .unset, .run, .assert,
    ]

    /// Finds the keyword that a word written in any case is.
    init?(word: String) { self.init(rawValue: word.uppercased()) }
}
