import Diagnostics
import Language
import Planning
import Registry
import Testing

/// Which pipelines tasks can share that see the records of some partitions only.
@Suite struct PlanSplitTests {
    private static let sources = """
        CREATE STREAM e (session STRING KEY, id STRING, product STRING, price INT)
          WITH (kafka_topic = 'events', value_format = 'JSON');
        CREATE STREAM c (session STRING KEY, url STRING) WITH (kafka_topic = 'clicks', value_format = 'JSON');
        CREATE STREAM j (session STRING KEY, url STRING)
          WITH (kafka_topic = 'json', key_format = 'JSON', value_format = 'JSON');
        CREATE STREAM n (id STRING, price INT) WITH (kafka_topic = 'nokey', value_format = 'JSON');
        CREATE TABLE u (session STRING PRIMARY KEY, name STRING)
          WITH (kafka_topic = 'users', value_format = 'JSON');
        CREATE TABLE p (product STRING PRIMARY KEY, title STRING)
          WITH (kafka_topic = 'products', value_format = 'JSON');
        CREATE STREAM two (a STRING KEY, b INT KEY, v INT)
          WITH (kafka_topic = 'two', key_format = 'JSON', value_format = 'JSON');

        """

    private func split(_ statements: String) throws -> PlanSplit {
        var planner = PipelinePlanner(registry: SchemaRegistry())
        var reader = ScriptReader(Self.sources + statements, file: "shop.sql")
        while let statement = try reader.next() { try planner.add(statement) }
        return try PlanSplit(planner.plan)
    }

    @Test(arguments: [
        "CREATE STREAM x AS SELECT session, UCASE(id) AS id FROM e WHERE price > 3;",
        "CREATE STREAM x AS SELECT id, price FROM n WHERE price > 3;",
        "CREATE STREAM x AS SELECT id, session FROM e PARTITION BY id;",
    ]) func rowByRowNeedsNoKey(statements: String) throws {
        #expect(try !split(statements).isKeyed)
    }

    @Test(arguments: [
        "CREATE TABLE x AS SELECT session, COUNT(*) AS n FROM e GROUP BY session;",
        "CREATE TABLE x WITH (key_format = 'JSON') AS SELECT session, product, COUNT(*) AS n FROM e\n"
            + "GROUP BY session, product;",
        "CREATE TABLE x AS SELECT session, COUNT(*) AS n FROM e WINDOW TUMBLING (SIZE 1 DAY)\n"
            + "GROUP BY session;",
        "CREATE TABLE x AS SELECT session, COUNT(*) AS n FROM e WINDOW SESSION (1 HOUR) GROUP BY session;",
        """
        CREATE STREAM y AS SELECT session AS s, id, price FROM e DEDUPLICATE BY session, id WITHIN 1 HOUR;
        CREATE TABLE x AS SELECT s, SUM(price) AS n FROM y GROUP BY s;
        """,
        "CREATE STREAM x AS SELECT session, LAG(id) OVER (PARTITION BY session) AS before FROM e;",
        "CREATE STREAM x AS SELECT e.session AS session, id, url FROM e JOIN c WITHIN 1 HOUR\n"
            + "ON e.session = c.session;",
        """
        CREATE STREAM y AS SELECT e.session AS session, id, name FROM e LEFT JOIN u ON e.session = u.session;
        CREATE TABLE x WITH (key_format = 'JSON') AS SELECT session, name, COUNT(*) AS n FROM y
        GROUP BY session, name;
        """,
        "CREATE TABLE x AS SELECT session, UCASE(name) AS name FROM u;",
        "CREATE TABLE x AS SELECT a, b, SUM(v) AS n FROM two GROUP BY b, a;",
        """
        CREATE STREAM y AS SELECT session, id AS id FROM e;
        INSERT INTO y SELECT session, url AS id FROM c;
        CREATE TABLE x AS SELECT session, COUNT(*) AS n FROM y GROUP BY session;
        """,
        """
        CREATE STREAM y AS SELECT id, AS_VALUE(session) AS s, price FROM e PARTITION BY id;
        CREATE TABLE x WITH (key_format = 'JSON') AS SELECT s, id, COUNT(*) AS n FROM y GROUP BY s, id;
        """,
    ]) func whatFollowsTheKeyIsSplit(statements: String) throws {
        #expect(try split(statements).isKeyed)
    }

    /// The statements, a part of the message, and the line that it points at, from the first of these.
    @Test(arguments: [
        (
            "CREATE TABLE x AS SELECT product, COUNT(*) AS n\nFROM e GROUP BY product;",
            "GROUP BY PRODUCT does not follow the key SESSION of topic events: rows of one PRODUCT lie in "
                + "several partitions", 2
        ),
        (
            "CREATE TABLE x AS SELECT id, COUNT(*) AS n FROM n GROUP BY id;",
            "GROUP BY ID does not follow a key: topic nokey has no key column", 1
        ),
        (
            "CREATE STREAM y AS SELECT id, price FROM e PARTITION BY id;\n"
                + "CREATE TABLE x AS SELECT id, COUNT(*) AS n FROM y GROUP BY id;",
            "GROUP BY ID does not follow the key SESSION of topic events, which the rows have no more", 2
        ),
        (
            "CREATE STREAM y AS SELECT UCASE(session) AS session, price FROM e PARTITION BY UCASE(session);\n"
                + "CREATE TABLE x AS SELECT session, COUNT(*) AS n FROM y GROUP BY session;",
            "which the rows have no more", 2
        ),
        (
            "CREATE STREAM x AS SELECT session, id FROM e DEDUPLICATE BY id WITHIN 1 HOUR;",
            "DEDUPLICATE BY ID does not follow", 1
        ),
        (
            "CREATE STREAM x AS SELECT session, LAG(id) OVER (PARTITION BY product) AS b FROM e;",
            "OVER PARTITION BY PRODUCT does not follow", 1
        ),
        (
            "CREATE TABLE x AS SELECT a, SUM(v) AS n FROM two GROUP BY a;",
            "GROUP BY A does not follow the key A, B of topic two", 1
        ),
        (
            "CREATE STREAM x AS SELECT e.product AS product, id, title FROM e\n"
                + "JOIN p ON e.product = p.product;",
            "the join by PRODUCT does not follow the key SESSION of topic events", 2
        ),
        (
            "CREATE STREAM x AS SELECT e.session AS session, id, url FROM e "
                + "JOIN j WITHIN 1 HOUR ON e.session = j.session;",
            "sides are keyed otherwise", 1
        ),
        (
            "CREATE TABLE x AS SELECT name, COUNT(*) AS n FROM u GROUP BY name;",
            "GROUP BY NAME does not follow the key SESSION of topic users", 1
        ),
        (
            "CREATE STREAM y AS SELECT session, id AS id FROM e;\n"
                + "INSERT INTO y SELECT id AS session, session AS id FROM e PARTITION BY id;\n"
                + "CREATE TABLE x AS SELECT session, COUNT(*) AS n FROM y GROUP BY session;",
            "GROUP BY SESSION does not follow", 3
        ),
    ]) func whatDoesNotFollowTheKeyIsRefused(statements: String, message: String, line: Int) throws {
        let first = Self.sources.utf8.count { $0 == UInt8(ascii: "\n") }
        let error = try #require(throws: Diagnostic.self) { try split(statements) }
        #expect(error.message.contains(message), "\(error.message)")
        #expect(error.location?.line == first + line, "\(error.message)")
        #expect(error.location?.file == "shop.sql")
        #expect(error.hint?.contains("without --service") == true)
        #expect(error.hint?.contains("Spark") == true)
    }

    @Test func filesAreRefused() throws {
        let error = try #require(throws: Diagnostic.self) {
            try split(
                "CREATE STREAM f (a INT) WITH (connector = 'files', path = 'f', value_format = 'JSON');"
                    + "CREATE STREAM x AS SELECT a FROM f;")
        }
        #expect(error.message.contains("F reads files"))
    }

    @Test func whatIsOnlyDeclaredDoesNotMatter() throws {
        let split = try split("CREATE STREAM x AS SELECT session, id FROM e;")
        #expect(split.sources.map(\.name) == ["E"])
    }
}
