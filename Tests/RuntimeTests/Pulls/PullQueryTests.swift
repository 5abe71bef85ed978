import Columnar
import Connectors
import Diagnostics
import Planning
import Runtime
import Testing

/// Pull queries one by one: what is looked up, what comes out, what is refused.
@Suite struct PullQueryTests {
    private static let statements = """
        CREATE STREAM s (id STRING KEY, n INT, at BIGINT) WITH (kafka_topic = 'S', value_format = 'JSON');
        CREATE TABLE t (id INT PRIMARY KEY, m DECIMAL(6, 2)) WITH (kafka_topic = 'T', value_format = 'JSON');
        CREATE TABLE sums AS SELECT id, SUM(n) AS total FROM s GROUP BY id;
        CREATE TABLE pairs WITH (key_format = 'JSON') AS
          SELECT id, n, COUNT(*) AS c FROM s GROUP BY id, n;
        CREATE TABLE minutes AS
          SELECT id, COUNT(*) AS c FROM s WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY id;
        CREATE STREAM doubled AS SELECT id, n * 2 AS n FROM s;
        """

    private static func run() throws -> PullRun {
        func record(_ key: String, _ value: String, _ time: Int64) -> MemoryRecord {
            MemoryRecord(key: Array(key.utf8), value: Array(value.utf8), timestamp: time)
        }
        func number(_ key: Int32, _ value: String) -> MemoryRecord {
            MemoryRecord(
                key: withUnsafeBytes(of: key.bigEndian) { Array($0) }, value: Array(value.utf8), timestamp: 5)
        }
        return try PullRun(
            statements,
            messages: [
                "S": [
                    record("a", "{\"N\": 1}", 1_000), record("b", "{\"N\": 2}", 2_000),
                    record("a", "{\"N\": 4}", 61_000), record("c", "{\"N\": null}", 125_000),
                ],
                "T": [number(1, "{\"M\": 1.50}"), number(2, "{\"M\": 2.25}")],
            ])
    }

    private static func lookups(_ query: String) throws -> Int? {
        try run().plan(query).lookups?.count
    }

    @Test(arguments: [
        ("SELECT * FROM sums WHERE id = 'a';", 1), ("SELECT * FROM sums WHERE 'a' = id AND total > 0;", 1),
        ("SELECT * FROM sums WHERE id IN ('a', 'b', 'a');", 2),
        ("SELECT * FROM sums WHERE id = 'a' OR (id = 'b' AND total > 1);", 2),
        ("SELECT * FROM sums WHERE id = UCASE('x') + 'y';", 1),
        ("SELECT * FROM t WHERE id = 2;", 1), ("SELECT * FROM t WHERE id = 5000000000;", 1),
        ("SELECT * FROM t WHERE id IN (1, 2.0);", 2), ("SELECT * FROM t WHERE id = 2.0E0;", 1),
        ("SELECT * FROM pairs WHERE id = 'a' AND n IN (1, 4);", 2),
        ("SELECT * FROM minutes WHERE id = 'a';", 1),
        ("SELECT * FROM minutes WHERE id = 'a' AND WINDOWSTART = 60000;", 1),
    ])
    func `keys that WHERE names are looked up`(query: String, count: Int) throws {
        #expect(try Self.lookups(query) == count)
    }

    @Test(arguments: [
        "SELECT * FROM sums;", "SELECT * FROM sums WHERE id <> 'a';", "SELECT * FROM sums WHERE id > 'a';",
        "SELECT * FROM sums WHERE id = 'a' OR total = 1;", "SELECT * FROM sums WHERE NOT (id = 'a');",
        "SELECT * FROM sums WHERE id = CAST(total AS STRING);", "SELECT * FROM pairs WHERE id = 'a';",
        "SELECT * FROM minutes WHERE WINDOWSTART = 0;", "SELECT * FROM s WHERE id = 'a';",
    ])
    func `what leaves a part of the key open is not`(query: String) throws {
        #expect(try Self.lookups(query) == nil)
    }

    private static func texts(_ query: String) throws -> [String] {
        try run().rows(query).map { $0.map(QueryOracle.cell).joined(separator: " ") }
    }

    @Test(arguments: [
        ("SELECT total FROM sums WHERE id = 'a';", ["5"]),
        ("SELECT * FROM sums WHERE id IN ('a', 'z', 'b', 'a') ORDER BY id;", ["'a' 5", "'b' 2"]),
        ("SELECT * FROM sums WHERE id = 'a' OR id = 'a' AND total > 1;", ["'a' 5"]),
        ("SELECT id FROM t WHERE id = 5000000000;", []), ("SELECT m FROM t WHERE id = 2.0;", ["2.25"]),
        ("SELECT m FROM t WHERE id = 2.5;", []),
        ("SELECT c FROM pairs WHERE id = 'a' AND n = 4;", ["1"]),
        ("SELECT WINDOWSTART, c FROM minutes WHERE id = 'a' ORDER BY 1;", ["0 1", "60000 1"]),
        ("SELECT WINDOWSTART FROM minutes WHERE id = 'a' AND WINDOWSTART > 0;", ["60000"]),
        ("SELECT WINDOWEND FROM minutes WHERE id = 'a' AND WINDOWEND <= 60000;", ["60000"]),
        ("SELECT c FROM minutes WHERE id = 'a' AND WINDOWSTART = '1970-01-01T00:01';", ["1"]),
        ("SELECT c FROM minutes WHERE id = 'a' AND WINDOWSTART > 7 AND WINDOWSTART < 5;", []),
        (
            "SELECT WINDOWSTART FROM minutes WHERE id = 'a' AND WINDOWSTART BETWEEN 1 AND 70000;",
            ["60000"]
        ),
        ("SELECT id, ROWTIME FROM minutes ORDER BY ROWTIME LIMIT 2;", ["'a' 1000", "'b' 2000"]),
        ("SELECT id, n, ROWTIME FROM s WHERE n > 1;", ["'b' 2 2000", "'a' 4 61000"]),
        ("SELECT n FROM s LIMIT 2;", ["1", "2"]), ("SELECT ROWOFFSET FROM s WHERE n = 4;", ["2"]),
        ("SELECT n FROM s ORDER BY n DESC;", ["NULL", "4", "2", "1"]),
        ("SELECT n FROM s ORDER BY n;", ["1", "2", "4", "NULL"]),
        ("SELECT id FROM s ORDER BY n % 2, id DESC;", ["'b'", "'a'", "'a'", "'c'"]),
        ("SELECT id, COUNT(*) FROM s GROUP BY id ORDER BY COUNT(*) DESC, id LIMIT 2;", ["'a' 2", "'b' 1"]),
        ("SELECT UCASE(id), LATEST_BY_OFFSET(n) FROM s GROUP BY id ORDER BY 1 LIMIT 1;", ["'A' 4"]),
        ("SELECT id FROM s GROUP BY id ORDER BY id;", ["'a'", "'b'", "'c'"]),
        ("SELECT COUNT(*), SUM(n), MAX(n) FROM s WHERE n > 100;", ["0 0 NULL"]),
        ("SELECT COUNT(*) FROM s WHERE n > 100 HAVING COUNT(*) > 0;", []),
        (
            "SELECT WINDOWSTART, SUM(c) FROM minutes GROUP BY WINDOWSTART ORDER BY 1;",
            ["0 2", "60000 1", "120000 1"]
        ),
        (
            "SELECT x.id, y.n FROM sums x JOIN s y ON x.id = y.id ORDER BY 1, 2;",
            ["'a' 1", "'a' 4", "'b' 2", "'c' NULL"]
        ),
        ("SELECT x.id, y.id FROM sums x JOIN sums y ON x.total = y.total WHERE x.id <> y.id;", []),
        ("SELECT t.m, s.id FROM t LEFT JOIN s ON t.id = s.n ORDER BY t.m;", ["1.5 'a'", "2.25 'b'"]),
        (
            "SELECT a.WINDOWSTART, b.c FROM minutes a JOIN minutes b "
                + "ON a.id = b.id AND a.WINDOWEND = b.WINDOWSTART;", ["0 1"]
        ),
    ])
    func `queries answer`(query: String, rows: [String]) throws {
        #expect(try Self.texts(query) == rows, "\(query)")
    }

    @Test(arguments: [
        ("SELECT COUNT(*) FROM s WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY id;", "makes none"),
        ("SELECT id FROM s PARTITION BY id;", "no PARTITION BY"),
        ("SELECT EXPLODE(ARRAY[n]) FROM s;", "no table functions"),
        ("SELECT ROWPARTITION FROM sums;", "not known of the rows of a table"),
        ("SELECT * FROM s a JOIN sums b ON a.n > b.total;", "can't have the condition"),
        ("SELECT * FROM s a JOIN sums b WITHIN 1 HOUR ON a.id = b.id;", "no WITHIN"),
        ("SELECT * FROM s a JOIN sums a ON a.id = a.id;", "called A"),
        ("SELECT n FROM s GROUP BY id;", "neither grouped nor aggregated"),
        ("SELECT id FROM s ORDER BY 2;", "names no column"),
        ("SELECT id FROM s ORDER BY ARRAY[n];", "have no order"),
        ("SELECT id FROM nothing;", "no stream or table NOTHING"),
        ("SELECT n FROM doubled;", "records of the stream DOUBLED are not kept"),
    ])
    func `what can't be answered is refused`(query: String, reason: String) throws {
        let run = try Self.run()
        let refusal = #expect(throws: Diagnostic.self) { try run.answer(query) }
        #expect(refusal?.message.contains(reason) ?? false, "\(refusal?.message ?? "")")
    }

    @Test func `ksqlDB's limits can be had`() throws {
        for query in [
            "SELECT COUNT(*) FROM sums;", "SELECT * FROM sums ORDER BY id;",
            "SELECT * FROM sums JOIN pairs ON sums.id = pairs.id;",
        ] {
            #expect(throws: Diagnostic.self) {
                try PullRun("SET 'pull.queries.like.ksqldb' = 'true';" + Self.statements, messages: [:])
                    .plan(query)
            }
        }
    }

    @Test func `columns say which are the key`() throws {
        let plan = try Self.run().plan("SELECT c, id, WINDOWSTART, id + 'x' AS more FROM minutes;")
        #expect(plan.columns.map(\.isKey) == [false, true, true, false])
        #expect(try Self.run().answer("SELECT id FROM sums ORDER BY id LIMIT 2;").isLimited)
    }
}
