import Diagnostics
import Language
import Testing

@Suite("Statements")
struct StatementTests {
    private func parse(_ text: String) throws -> Statement.Kind { try Parser.statement(text).kind }

    @Test("create sources with all their options")
    func createSource() throws {
        guard
            case .createSource(let create) = try parse(
                """
                CREATE OR REPLACE SOURCE TABLE IF NOT EXISTS users (id INT PRIMARY KEY, name STRING)
                WITH (kafka_topic = 'users', 'Value_Format' = 'JSON', partitions = 3, delay = 10 MINUTES,
                  connection.url = 'x', wrap = false, rate = -1.5, nothing = NULL);
                """)
        else { return #expect(Bool(false)) }
        #expect(create.kind == .table && create.orReplace && create.isReadOnly && create.ifNotExists)
        #expect(create.name.text == "USERS" && create.columns.count == 2)
        #expect(create.columns[0].role == .primaryKey)
        #expect(
            create.properties.map(\.name) == [
                "kafka_topic", "Value_Format", "partitions", "delay", "connection.url", "wrap", "rate",
                "nothing",
            ])
        #expect(
            create.properties.map(\.value.text) == [
                "users", "JSON", "3", "10 MINUTES", "x", "false", "-1.5", nil,
            ])
    }

    @Test("create streams and tables from queries")
    func createAsSelect() throws {
        guard
            case .createSourceAsSelect(let create) = try parse(
                "CREATE STREAM silver WITH (format = 'AVRO') AS SELECT * FROM b "
                    + "DEDUPLICATE BY id WITHIN 1 DAY;"
            )
        else { return #expect(Bool(false)) }
        #expect(create.kind == .stream && create.name.text == "SILVER" && create.properties.count == 1)
        #expect(create.query.deduplication?.keys.count == 1)
    }

    /// Each of these is written back as it stands here.
    static let canonical = [
        "CREATE STREAM A (ID INTEGER KEY, B STRING) WITH (kafka_topic = 'a')",
        "CREATE SOURCE STREAM IF NOT EXISTS A WITH (x = 1)", "CREATE TABLE A",
        "CREATE STREAM A (H ARRAY<STRUCT<KEY STRING, VALUE BYTES>> HEADERS, T BYTES HEADER('t'))",
        "CREATE OR REPLACE TABLE A AS SELECT COUNT(*) AS N FROM B GROUP BY C EMIT CHANGES",
        "CREATE SINK CONNECTOR REVENUE_LAKE WITH ('connector.class' = 'delta', 'from' = 'revenue')",
        "CREATE SOURCE CONNECTOR IF NOT EXISTS `my-source` WITH (a = 'b')",
        "CREATE TYPE ADDRESS AS STRUCT<STREET STRING, `ZIP code` INTEGER>",
        "INSERT INTO A SELECT * FROM B", "INSERT INTO A WITH (QUERY_ID = 'x') SELECT * FROM B",
        "INSERT INTO A VALUES (1, 'x', ARRAY[-1, NULL], MAP('a' := 1), STRUCT(F := TRUE))",
        "INSERT INTO A (ID, ROWTIME) VALUES (1, -2.50)",
        "SELECT * FROM A", "SELECT A.*, B->*, (C || 'x')->* FROM A", "DROP STREAM A",
        "DROP TABLE IF EXISTS A DELETE TOPIC", "DROP CONNECTOR IF EXISTS `a-b`", "DROP TYPE A",
        "ALTER STREAM A ADD COLUMN B INTEGER, ADD COLUMN C ARRAY<STRING>",
        "ALTER SYSTEM 'ksql.x' = '1'", "TERMINATE CSAS_A_1", "TERMINATE ALL", "PAUSE Q", "RESUME ALL",
        "SHOW STREAMS", "SHOW TABLES EXTENDED", "SHOW QUERIES EXTENDED", "SHOW TOPICS",
        "SHOW ALL TOPICS EXTENDED",
        "SHOW CONNECTORS", "SHOW SINK CONNECTORS", "SHOW SOURCE CONNECTORS", "SHOW CONNECTOR PLUGINS",
        "SHOW FUNCTIONS", "SHOW TYPES", "SHOW VARIABLES", "SHOW PROPERTIES", "DESCRIBE A",
        "DESCRIBE A EXTENDED",
        "DESCRIBE STREAMS EXTENDED", "DESCRIBE TABLES", "DESCRIBE FUNCTION COUNT", "DESCRIBE CONNECTOR C",
        "EXPLAIN Q", "EXPLAIN SELECT * FROM A EMIT CHANGES", "EXPLAIN CREATE STREAM A AS SELECT * FROM B",
        "PRINT users", "PRINT 'my-topic' FROM BEGINNING INTERVAL 5 LIMIT 10",
        "ASSERT VALUES A (ID, ROWTIME) VALUES (1, 2)", "ASSERT NULL VALUES A (ID) KEY (1)",
        "ASSERT STREAM A (ID INTEGER KEY) WITH (kafka_topic = 'a')", "ASSERT TABLE A",
        "ASSERT TOPIC users WITH (partitions = 3) TIMEOUT 10 SECONDS", "ASSERT NOT EXISTS TOPIC 'a-b'",
        "ASSERT SCHEMA SUBJECT users ID 3", "ASSERT NOT EXISTS SCHEMA ID 3 TIMEOUT 1 MINUTES",
        "DEFINE lake = 'data'", "UNDEFINE LAKE", "SET 'emit.per.record' = 'true'", "UNSET 'emit.per.record'",
        "RUN SCRIPT 'a/b.sql'", "DESCRIBE `streams`", "DESCRIBE `STREAMS`",
        "SELECT `from` AS `select` FROM `Group`",
        "SELECT '$${name}' FROM A", "SELECT -5, -(5), -(-5), -X FROM A",
        "SELECT 'it''s', 1E+20, 100.0E0, X IN (1, 2), X NOT BETWEEN 1 AND 2 FROM A",
        "SELECT (A AND B) = C, (A OR B) AND NOT C, NOT (A OR B), (NOT A) IS NULL FROM A",
        "SELECT A - (B - C), (A = B) = C, (A || B)[1], (-1)[2], X->Y FROM A",
        "SELECT CASE X WHEN 1 THEN 2 ELSE 3 END, TRANSFORM(A, X => X + 1), REDUCE(A, 0, (S, X) => S) FROM A",
        "SELECT TIMESTAMPADD(SECONDS, 5, T), CAST(A AS DECIMAL(10, 2)), X LIKE 'a!%' ESCAPE '!' FROM A",
        "SELECT A FROM B AS C FULL JOIN D WITHIN (1 HOURS, 2 DAYS) GRACE PERIOD 1 DAYS ON C.X = D.X LIMIT 3",
        "SELECT A FROM B WINDOW SESSION (5 MINUTES, RETENTION 1 DAYS, GRACE PERIOD 0 DAYS) PARTITION BY ()",
        "SELECT A FROM B WHERE C DEDUPLICATE BY D, E WITHIN 10 MINUTES HAVING F ORDER BY G DESC EMIT FINAL",
    ]

    @Test("are written back as they are", arguments: canonical)
    func roundTrip(_ text: String) throws {
        let statement = try Parser.statement(text)
        #expect(statement.formatted == text)
        #expect(try Parser.statement(statement.formatted) == statement)
    }

    @Test(
        "have older and longer spellings",
        arguments: [
            ("LIST STREAMS", "SHOW STREAMS"), ("DESCRIBE EXTENDED a", "DESCRIBE A EXTENDED"),
            ("TERMINATE QUERY q1", "TERMINATE Q1"),
            ("ALTER TABLE a ADD b INT, c INT", "ALTER TABLE A ADD COLUMN B INTEGER, ADD COLUMN C INTEGER"),
            ("PRINT users SAMPLE 3", "PRINT users INTERVAL 3"), ("DESCRIBE function", "DESCRIBE `FUNCTION`"),
            ("CREATE SINK CONNECTOR 'x' WITH ()", "CREATE SINK CONNECTOR `x` WITH ()"),
        ])
    func spellings(_ text: String, _ canonical: String) throws {
        #expect(try Parser.statement(text).formatted == canonical)
    }

    @Test(
        "refuse what cannot be",
        arguments: [
            "FOO", "UPDATE a SET b = 1", "CREATE", "CREATE VIEW a", "CREATE STREAM", "CREATE STREAM a (",
            "CREATE STREAM a ()",
            "CREATE STREAM a (b)", "CREATE STREAM a (b INT PRIMARY KEY)", "CREATE TABLE a (b INT KEY)",
            "CREATE STREAM a (b KEY)",
            "CREATE STREAM a (b INT NOT NULL)", "CREATE STREAM a (b INT,)",
            "CREATE STREAM a WITH (x = 1, x = 2)",
            "CREATE STREAM a WITH (x)", "CREATE STREAM a WITH (x = json)", "CREATE STREAM a WITH (x = 1 + 1)",
            "CREATE STREAM a (b INT) AS SELECT * FROM c", "CREATE SOURCE STREAM a AS SELECT * FROM c",
            "CREATE OR REPLACE TYPE a AS INT", "CREATE OR REPLACE SOURCE CONNECTOR a WITH ()",
            "CREATE SINK CONNECTOR a",
            "CREATE CONNECTOR a WITH ()", "INSERT a", "INSERT INTO a", "INSERT INTO a (b) VALUES (1, 2)",
            "INSERT INTO a VALUES (1), (2)", "INSERT INTO a VALUES ()", "DROP a", "DROP STREAM",
            "DROP TYPE a DELETE TOPIC",
            "ALTER STREAM a", "ALTER STREAM a DROP COLUMN b", "ALTER STREAM a ADD COLUMN b INT KEY", "SHOW",
            "SHOW FOO",
            "DESCRIBE", "EXPLAIN", "TERMINATE", "PRINT", "ASSERT", "ASSERT SCHEMA", "DEFINE", "DEFINE a = b",
            "SET a = 'b'",
            "UNSET a", "RUN 'a'", "RUN SCRIPT a", "SHOW STREAMS 1", "SELECT * FROM a CREATE STREAM b",
            ") SELECT", "1",
        ])
    func refused(_ text: String) {
        #expect(throws: Diagnostic.self) { try Parser.statement(text) }
    }
}
