import Formats
import Testing

@testable import TestRunner

/// SELECT statements of their own, as tests of ksqlDB's server have them.
@Suite struct AnswerTests {
    private static let inputs: JSONValue = [
        ["topic": "s", "timestamp": 1, "key": "b", "value": ["N": 1]],
        ["topic": "s", "timestamp": 2, "key": "a", "value": ["N": 2]],
        ["topic": "s", "timestamp": 3, "key": "b", "value": ["N": 4]],
    ]

    private static let statements: [JSONValue] = [
        "CREATE STREAM S (ID STRING KEY, N INT) WITH (kafka_topic='s', value_format='JSON');",
        "CREATE TABLE T AS SELECT ID, SUM(N) AS N FROM S GROUP BY ID;",
    ]

    private func verdict(_ query: String, _ rows: JSONValue, settings: JSONValue = [:]) throws -> TestVerdict
    {
        let done: JSONValue = ["admin": ["@type": "currentStatus"]]
        let test: JSONValue = [
            "name": "query", "statements": .array(Self.statements + [.string(query)]), "inputs": Self.inputs,
            "properties": settings, "responses": [done, done, ["query": rows]],
        ]
        let run = try #require(QueryTest.runs(of: test, file: "here.json").first)
        return QueryTestRun.verdict(of: run)
    }

    private func refusal(_ query: String, settings: JSONValue = [:]) throws -> TestVerdict {
        try verdict(query, [], settings: settings)
    }

    private func row(_ columns: JSONValue...) -> JSONValue { ["row": ["columns": .array(columns)]] }

    @Test func pullQueriesAnswerFromTheLatestRows() throws {
        let header: JSONValue = ["header": ["schema": "`ID` STRING KEY, `N` INTEGER"]]
        #expect(try verdict("SELECT * FROM T;", [header, row("b", 5), row("a", 2)]) == .passed)
        #expect(try verdict("SELECT * FROM T WHERE ID = 'b';", [header, row("b", 5)]) == .passed)
        #expect(try verdict("SELECT * FROM T LIMIT 1;", [header, row("a", 2)]) == .passed)
        let doubled: JSONValue = ["header": ["schema": "`D` INTEGER, `ROWTIME` BIGINT"]]
        #expect(
            try verdict("SELECT N * 2 AS D, ROWTIME FROM T WHERE N > 2;", [doubled, row(10, 3)]) == .passed)
    }

    @Test func queriesOverStreamsAndPushQueriesSeeEachRecord() throws {
        let header: JSONValue = ["header": ["schema": "`ID` STRING, `N` INTEGER"]]
        let end: JSONValue = ["finalMessage": "Query Completed"]
        let limit: JSONValue = ["finalMessage": "Limit Reached"]
        #expect(
            try verdict("SELECT * FROM S WHERE N > 1;", [header, row("a", 2), row("b", 4), end]) == .passed)
        #expect(
            try verdict("SELECT * FROM T EMIT CHANGES LIMIT 2;", [header, row("b", 1), row("a", 2), limit])
                == .passed)
    }

    @Test func pushQueriesJoinAndGroup() throws {
        let limit: JSONValue = ["finalMessage": "Limit Reached"]
        #expect(
            try verdict(
                "SELECT SUM(N) + 1 AS MORE, ID FROM S GROUP BY ID EMIT CHANGES LIMIT 3;",
                [
                    ["header": ["schema": "`MORE` INTEGER, `ID` STRING"]], row(2, "b"), row(3, "a"),
                    row(6, "b"), limit,
                ]) == .passed)
        #expect(
            try verdict(
                "SELECT COUNT(*) FROM S EMIT CHANGES LIMIT 2;",
                [["header": ["schema": "`KSQL_COL_0` BIGINT"]], row(1), row(2), limit]) == .passed)
        #expect(
            try verdict(
                "SELECT * FROM S JOIN T ON S.ID = T.ID EMIT CHANGES LIMIT 1;",
                [
                    [
                        "header": [
                            "schema": "`S_ID` STRING, `S_N` INTEGER, `T_ID` STRING, `T_N` INTEGER"
                        ]
                    ], row("b", 4, "b", 1), limit,
                ]
            ) == .passed)
    }

    @Test func anotherAnswerFails() throws {
        let header: JSONValue = ["header": ["schema": "`ID` STRING KEY, `N` INTEGER"]]
        for rows: JSONValue in [
            [header, row("b", 5)], [header, row("b", 5), row("a", 3)],
            [header, row("b", 5), row("a", 2), row("c", 1)], [header, row("b", 5), row("a", 2, 1)],
            [["header": ["schema": "`ID` STRING, `N` INTEGER"]], row("b", 5), row("a", 2)],
            [header, row("b", 5), row("a", 2), ["finalMessage": "Limit Reached"]],
        ] {
            #expect(try verdict("SELECT * FROM T;", rows).cause == "other answers")
        }
    }

    @Test(arguments: [
        ("SELECT * FROM T WHERE N = 5;", "compares no key column"),
        ("SELECT * FROM T WHERE ID = 'a' OR N = 5;", "compares no key column"),
        ("SELECT * FROM T WHERE ID > 'a' AND ID < 'c';", "with a range"),
        ("SELECT * FROM T;", "no WHERE clause"),
    ])
    func wholeTablesAreNotLookedAtWhereThatIsForbidden(query: String, reason: String) throws {
        let off: JSONValue = ["ksql.query.pull.table.scan.enabled": "false"]
        #expect(try refusal(query, settings: off).detail.contains(reason))
        #expect(try !refusal(query).detail.contains("whole tables"))
        #expect(
            try verdict(
                "SELECT N FROM T WHERE ID IN ('a', 'c') AND N > 0;",
                [["header": ["schema": "`N` INTEGER"]], row(2)], settings: off) == .passed)
    }

    @Test(arguments: [
        ("SELECT * FROM T WHERE ID IN (1);", "compared with the key"),
        ("SELECT * FROM T WHERE ID IN (NULL);", "never NULL"),
        ("SELECT *, ROWPARTITION FROM T;", "ROWPARTITION can't stand"),
        ("SELECT N, N FROM T;", "two columns N"),
        ("SELECT * FROM T WINDOW TUMBLING (SIZE 1 SECOND);", "makes none"),
        ("SELECT * FROM NOTHING;", "no stream or table NOTHING"),
    ])
    func wrongQueriesAreRefused(query: String, reason: String) throws {
        let verdict = try refusal(query)
        #expect(verdict.outcome == .failed)
        #expect(verdict.detail.contains(reason), "\(verdict.detail)")
    }
}
