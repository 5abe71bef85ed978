import Diagnostics

/// What `help` tells: the commands of the shell, and the form of each statement.
enum HelpTopics {
    static let overview = """
        Statements end with a semicolon and may take several lines.
          help CREATE STREAM    the form of a statement; help alone lists them
          server [URL]          which server, or another one
          output table|json|csv how rows are written
          run script 'file.sql' does the statements of a file
          history, clear        earlier statements; an empty screen
          version, exit         also Ctrl-D
        Tab completes, Ctrl-R searches earlier statements.
        Ctrl-C ends a query or drops the line.

        Statements: 
        """

    /// By the words it begins with; the first form is what most people write.
    static let topics: [(name: String, form: String)] = [
        (
            "SELECT",
            """
            SELECT expression [AS name], … FROM source [WINDOW TUMBLING (SIZE 1 MINUTE)] [JOIN …]
              [WHERE condition] [GROUP BY …] [HAVING …] [EMIT CHANGES | EMIT FINAL] [LIMIT n];
            With EMIT CHANGES rows come until Ctrl-C; without EMIT the answer is what there is now.
            """
        ),
        (
            "CREATE STREAM",
            """
            CREATE [OR REPLACE] STREAM [IF NOT EXISTS] name (column type [KEY], …)
              WITH (kafka_topic = 'topic', value_format = 'JSON', …);
            CREATE STREAM name [WITH (…)] AS SELECT … FROM stream … EMIT CHANGES;
            """
        ),
        (
            "CREATE TABLE",
            """
            CREATE [OR REPLACE] TABLE [IF NOT EXISTS] name (column type PRIMARY KEY, …)
              WITH (kafka_topic = 'topic', value_format = 'JSON', …);
            CREATE TABLE name [WITH (…)] AS SELECT … FROM source … GROUP BY … EMIT CHANGES;
            """
        ),
        ("CREATE TYPE", "CREATE TYPE [IF NOT EXISTS] name AS type;"),
        (
            "CREATE CONNECTOR",
            "CREATE SOURCE|SINK CONNECTOR [IF NOT EXISTS] name WITH ('connector.class' = '…', …);"
        ),
        ("INSERT INTO", "INSERT INTO source (column, …) VALUES (value, …);\nINSERT INTO stream SELECT … ;"),
        ("ALTER", "ALTER STREAM|TABLE name ADD COLUMN column type, …;\nALTER SYSTEM 'name' = 'value';"),
        ("DROP", "DROP STREAM|TABLE [IF EXISTS] name [DELETE TOPIC];\nDROP TYPE|CONNECTOR [IF EXISTS] name;"),
        (
            "SHOW",
            """
            SHOW STREAMS | TABLES | TOPICS | QUERIES | FUNCTIONS | TYPES | CONNECTORS | PROPERTIES | VARIABLES;
            SHOW STREAMS EXTENDED describes each of them. LIST is the same as SHOW.
            """
        ),
        ("DESCRIBE", "DESCRIBE name [EXTENDED];\nDESCRIBE FUNCTION name;\nDESCRIBE CONNECTOR name;"),
        ("EXPLAIN", "EXPLAIN query_id;\nEXPLAIN SELECT …;"),
        ("PRINT", "PRINT topic [FROM BEGINNING] [INTERVAL n] [LIMIT n];"),
        ("TERMINATE", "TERMINATE query_id | ALL;"),
        ("PAUSE", "PAUSE query_id | ALL;"),
        ("RESUME", "RESUME query_id | ALL;"),
        (
            "SET",
            "SET 'auto.offset.reset' = 'earliest';\nHolds for the statements of this session. UNSET ends it."
        ),
        ("UNSET", "UNSET 'name';"),
        ("DEFINE", "DEFINE name = 'value';\n${name} in a statement stands for the value."),
        ("UNDEFINE", "UNDEFINE name;"),
        ("RUN SCRIPT", "RUN SCRIPT 'file.sql';"),
        ("ASSERT", "ASSERT [NOT EXISTS] TOPIC name [WITH (…)] [TIMEOUT 5 SECONDS];\nASSERT SCHEMA …;"),
    ]

    /// - Parameter words: behind `help`.
    /// - Throws: when there is no such topic.
    static func text(_ words: String?) throws(Diagnostic) -> String {
        guard let words else {
            return overview + topics.map(\.name).joined(separator: ", ")
        }
        let wanted = words.uppercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let found = topics.filter { $0.name == wanted || $0.name.hasPrefix(wanted + " ") }
        guard found.isEmpty else { return found.map(\.form).joined(separator: "\n") }
        if let longer = topics.first(where: { wanted.hasPrefix($0.name + " ") }) { return longer.form }
        if wanted == "LIST" || wanted.hasPrefix("LIST ") { return try text("SHOW") }
        throw Diagnostic(
            .notFound, "there is no help for \(words)", expected: topics.map(\.name).joined(separator: ", "),
            hint: NearestName.suggestion(for: wanted, among: topics.map(\.name)).map { "did you mean \($0)?" }
        )
    }
}
