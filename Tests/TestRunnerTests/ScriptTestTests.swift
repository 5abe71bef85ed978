import Diagnostics
import Storage
import Testing

@testable import TestRunner

/// SQL files of tests: what they find, and what they say of it.
@Suite struct ScriptTestTests {
    private static let statements = """
        --@test: sums
        CREATE STREAM s (id INT KEY, n INT, d DOUBLE) WITH (kafka_topic='s', value_format='JSON');
        CREATE TABLE t AS SELECT id, SUM(n) AS n, MAX(d) AS d FROM s GROUP BY id HAVING SUM(n) < 10;
        INSERT INTO s (ROWTIME, id, n, d) VALUES (5, 1, 2, 0.5);
        INSERT INTO s (ROWTIME, id, n) VALUES (6, 1, 3);
        INSERT INTO s (id, n) VALUES (1, 7);

        """

    private func verdict(_ assertions: String) throws -> TestVerdict {
        let found = try verdicts(Self.statements + assertions)
        return try #require(found.first)
    }

    @Test(arguments: [
        "ASSERT VALUES t (ROWTIME, id, n, d) VALUES (5, 1, 2, 0.5000001);",
        "ASSERT VALUES t VALUES (1, 2, 0.5); ASSERT VALUES t (n) VALUES (5); ASSERT NULL VALUES t KEY (1);",
        "ASSERT VALUES s (id, d) VALUES (1, 0.5); ASSERT VALUES s (d) VALUES (NULL);",
        "ASSERT STREAM s (id INT KEY, n INT, d DOUBLE) WITH (kafka_topic='s', value_format='JSON');",
        "ASSERT STREAM s; ASSERT TABLE t (id INT PRIMARY KEY, n INT, d DOUBLE); ASSERT TOPIC T;",
        "ASSERT NOT EXISTS TOPIC nothing;",
    ])
    func rightAssertionsHold(assertions: String) throws {
        #expect(try verdict(assertions) == .passed)
    }

    @Test(arguments: [
        ("ASSERT VALUES t (n) VALUES (3);", "other values", "N is 2 instead of 3"),
        ("ASSERT VALUES t (n, d) VALUES (2, 0.51);", "other values", "D is 0.5 instead of 0.51"),
        ("ASSERT VALUES t (ROWTIME, n) VALUES (6, 2);", "other timestamps", "ROWTIME is 5 instead of 6"),
        ("ASSERT NULL VALUES t (id) KEY (1);", "other values", "no tombstone"),
        (
            "ASSERT VALUES t (n) VALUES (2); ASSERT VALUES t (n) VALUES (5); "
                + "ASSERT VALUES t (n) VALUES (12);",
            "other values", "a tombstone instead of a row"
        ),
        (
            "ASSERT VALUES s (n) VALUES (2); ASSERT VALUES s (n) VALUES (3); "
                + "ASSERT VALUES s (n) VALUES (7); ASSERT VALUES s (n) VALUES (1);",
            "records are missing", "S has 3 records"
        ),
        ("ASSERT STREAM t;", "another schema or format", "there is no stream T"),
        ("ASSERT TABLE t (id INT PRIMARY KEY, n BIGINT, d DOUBLE);", "another schema or format", "N BIGINT"),
        (
            "ASSERT STREAM s WITH (kafka_topic='x', value_format='JSON');", "another schema or format",
            "topic x"
        ),
        ("ASSERT TOPIC nothing;", "topics", "there is no topic"),
        ("ASSERT VALUES nothing (n) VALUES (1);", "refused (unknown_source)", "NOTHING"),
        ("ASSERT VALUES t (m) VALUES (1);", "refused (unknown_column)", "M does not exist"),
        ("INSERT INTO t (id) VALUES (1);", "refused (invalid_statement)", "made by a query"),
        ("INSERT INTO s (id) VALUES ('one');", "refused (type_mismatch)", "STRING"),
        ("INSERT INTO s (n) VALUES (3000000000);", "refused (type_mismatch)", "BIGINT, and the column"),
        ("INSERT INTO s (n) VALUES (1 / 0);", "refused (type_mismatch)", "can't be computed"),
        ("INSERT INTO s (n) VALUES (m);", "refused (unknown_column)", "M"),
        ("INSERT INTO s (id, id) VALUES (1, 2);", "refused (duplicate_column)", "twice"),
        ("INSERT INTO s (ROWOFFSET) VALUES (1);", "refused (invalid_statement)", "ROWOFFSET"),
        ("RUN SCRIPT 'nothing.sql';", "refused (io)", "tests/nothing.sql"),
    ])
    func wrongAssertionsFail(assertions: String, cause: String, part: String) throws {
        let verdict = try verdict(assertions)
        #expect(verdict.outcome == .failed)
        #expect(verdict.cause == cause)
        #expect(verdict.detail.contains(part), "\(verdict.detail)")
        #expect(verdict.detail.contains("here.sql:7:") || cause == "refused (io)", "\(verdict.detail)")
    }

    @Test func eachTestOfAFileStandsAlone() throws {
        let found = try verdicts(
            Self.statements + "--@test: another\n"
                + Self.statements.split(separator: "\n").dropFirst()
                .joined(separator: "\n") + "ASSERT VALUES t (n) VALUES (1);")
        #expect(found.map(\.outcome) == [.passed, .failed])
    }

    @Test func whatIsNotSupportedIsNeverTheExpectedError() throws {
        let expecting = "--@test: refused\n--@expected.error: io.confluent.ksql.util.KsqlException\n"
        let lacking = try verdicts(expecting + "CREATE SOURCE CONNECTOR c WITH ('connector.class'='x');")
        #expect(lacking.map(\.outcome) == [.failed])
        #expect(lacking[0].cause.hasPrefix("not supported"))
        let nothing = try verdicts(expecting + "SET 'a' = 'b';")
        #expect(nothing.map(\.cause) == ["not refused"])
    }

    @Test func anExpectedMessageIsOursOrMeansTheSame() throws {
        func test(_ message: String) throws -> [TestVerdict] {
            try verdicts(
                """
                --@test: refused
                --@expected.message: \(message)
                CREATE STREAM s (id INT KEY, n INT) WITH (kafka_topic='s', value_format='JSON');
                CREATE STREAM o AS SELECT id, m FROM s;
                """)
        }
        #expect(try test("column M does not exist").map(\.isSameText) == [true])
        #expect(try test("SELECT column 'M' cannot be resolved.").map(\.isSameText) == [false])
        #expect(try test("Duplicate key columns").map(\.cause) == ["refused for another reason"])
    }

    @Test func newQueriesReadFromTheStart() throws {
        let found = try verdicts(
            Self.statements + """
                ASSERT VALUES t (n) VALUES (2);
                CREATE STREAM o AS SELECT id, n FROM s;
                INSERT INTO s (id, n) VALUES (2, 1);
                ASSERT VALUES t (n) VALUES (5);
                ASSERT VALUES o (n) VALUES (2);
                ASSERT NULL VALUES t KEY (1);
                ASSERT VALUES t (id, n) VALUES (2, 1);
                """)
        #expect(found == [.passed])
    }

    @Test func whatReplacesAQueryGoesOnWhereItStood() throws {
        let found = try verdicts(
            Self.statements + """
                CREATE STREAM o AS SELECT id, n FROM s;
                CREATE OR REPLACE STREAM o AS SELECT id, n, n * 2 AS m FROM s;
                INSERT INTO s (id, n) VALUES (2, 1);
                ASSERT VALUES o (n, m) VALUES (2, NULL);
                ASSERT VALUES o (n) VALUES (3);
                ASSERT VALUES o (n) VALUES (7);
                ASSERT VALUES o (n, m) VALUES (1, 2);
                ASSERT VALUES t (n) VALUES (2);
                """)
        #expect(found == [.passed])
    }

    @Test func directivesMustBeKnown() throws {
        #expect(throws: Diagnostic.self) { try verdicts("--@test: a\n--@expected.mesage: b\n") }
        #expect(throws: Diagnostic.self) { try verdicts("--@test: a\n--@clock: noon\n") }
        #expect(try verdicts("SELECT 1;").isEmpty)
    }
}
