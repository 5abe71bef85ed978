import Diagnostics
import Language
import Testing

@Suite("Queries")
struct QueryTests {
    private func parse(_ text: String) throws -> Query {
        guard case .query(let query) = try Parser.statement(text).kind else {
            throw Diagnostic(.syntax, "no query: \(text)")
        }
        return query
    }

    private func span(_ amount: Int64, _ unit: TimeUnit) throws -> TimeSpan {
        try #require(TimeSpan(amount: amount, unit: unit))
    }

    @Test("have all clauses in their order")
    func allClauses() throws {
        let query = try parse(
            """
            SELECT a AS x, b y, s.*, *, c->* FROM events e
            LEFT OUTER JOIN users AS u WITHIN (1 HOUR, 5 minutes) GRACE PERIOD 10 SECONDS ON e.id = u.id
            WINDOW HOPPING (SIZE 1 HOUR, ADVANCE BY 1 MINUTE, RETENTION 7 DAYS, GRACE PERIOD 0 SECONDS)
            WHERE a > 1 DEDUPLICATE BY id, k WITHIN 10 MINUTES GROUP BY a, b PARTITION BY c
            HAVING COUNT(*) > 1 ORDER BY a DESC, b ASC EMIT CHANGES LIMIT 5;
            """)
        #expect(query.select.count == 5)
        #expect(query.select[0].kind == .expression(try Parser.expression("a"), alias: Identifier("X")))
        #expect(query.select[1].kind == .expression(try Parser.expression("b"), alias: Identifier("Y")))
        #expect(query.select[2].kind == .allColumns(of: Identifier("S")))
        #expect(query.select[3].kind == .allColumns(of: nil))
        #expect(query.select[4].kind == .allFields(of: try Parser.expression("c")))
        #expect(query.from == SourceReference(name: Identifier("EVENTS"), alias: Identifier("E")))
        #expect(query.joins.count == 1 && query.joins[0].kind == .left)
        #expect(query.joins[0].within?.before == (try span(1, .hours)))
        #expect(query.joins[0].within?.after == (try span(5, .minutes)))
        #expect(query.joins[0].within?.grace?.milliseconds == 10_000)
        #expect(query.window?.kind == .hopping(size: try span(1, .hours), advance: try span(1, .minutes)))
        #expect(query.window?.retention == (try span(7, .days)))
        #expect(query.window?.grace == (try span(0, .seconds)))
        #expect(query.condition == (try Parser.expression("a > 1")))
        #expect(query.deduplication?.keys.count == 2 && query.deduplication?.within.milliseconds == 600_000)
        #expect(query.groupBy?.expressions.count == 2 && query.partitionBy?.expressions.count == 1)
        #expect(query.having == (try Parser.expression("COUNT(*) > 1")))
        #expect(query.orderBy.map(\.isDescending) == [true, false])
        #expect(query.emission == .changes && query.limit == 5)
    }

    @Test("have windows of three kinds")
    func windows() throws {
        #expect(
            try parse("SELECT 1 FROM a WINDOW TUMBLING (SIZE 5 SECOND)").window?.kind
                == .tumbling(size: try span(5, .seconds)))
        #expect(
            try parse("SELECT 1 FROM a WINDOW SESSION (30 MINUTES, GRACE PERIOD 1 DAY)").window
                == Window(.session(gap: try span(30, .minutes)), grace: try span(1, .days)))
        #expect(try parse("SELECT 1 FROM a window w tumbling (size 1 DAY) EMIT FINAL").emission == .final)
    }

    @Test(
        "join in every way",
        arguments: [
            ("JOIN", Join.Kind.inner), ("INNER JOIN", .inner), ("LEFT JOIN", .left),
            ("LEFT OUTER JOIN", .left),
            ("RIGHT JOIN", .right), ("RIGHT OUTER JOIN", .right), ("FULL JOIN", .full),
            ("FULL OUTER JOIN", .full),
            ("OUTER JOIN", .full),
        ])
    func joins(_ text: String, _ kind: Join.Kind) throws {
        let query = try parse("SELECT * FROM a \(text) b ON a.id = b.id \(text) c c1 ON b.id = c1.id")
        #expect(query.joins.map(\.kind) == [kind, kind])
        #expect(query.joins.map(\.source.qualifier.text) == ["B", "C1"])
    }

    @Test("group by a list with and without parentheses")
    func grouping() throws {
        func count(_ text: String) throws -> Int? {
            try parse("SELECT 1 FROM a GROUP BY \(text)").groupBy?.expressions.count
        }
        #expect(try count("a, b") == 2)
        #expect(try count("(a, b)") == 2)
        #expect(try count("(a) + 1, b") == 2)
        #expect(try count("(a)") == 1)
        #expect(try count("(f(a, b))") == 1)
        #expect(try count("()") == 0)
        #expect(throws: Diagnostic.self) { try count("a, (b, c)") }
        #expect(throws: Diagnostic.self) { try count("a AND b") }
    }

    @Test("take words of the language as aliases only behind AS")
    func aliases() throws {
        #expect(try parse("SELECT a FROM b EMIT CHANGES").from.alias == nil)
        #expect(try parse("SELECT a AS emit FROM b AS emit EMIT CHANGES").from.alias?.text == "EMIT")
        #expect(try parse("SELECT a source FROM b key").from.alias?.text == "KEY")
    }

    @Test(
        "refuse clauses that stand wrong, twice or not at all",
        arguments: [
            "SELECT", "SELECT a", "SELECT FROM b", "SELECT a, FROM b", "SELECT a FROM",
            "SELECT a FROM b WHERE",
            "SELECT a FROM b GROUP a", "SELECT a FROM b LIMIT 1 EMIT CHANGES",
            "SELECT a FROM b WHERE c WHERE d",
            "SELECT a FROM b GROUP BY c WHERE d", "SELECT a FROM b JOIN c", "SELECT a FROM b, c",
            "SELECT a FROM (SELECT b FROM c)", "SELECT DISTINCT a FROM b", "SELECT a FROM b EMIT",
            "SELECT a FROM b LIMIT -1",
            "SELECT a FROM b EMIT CHANGE", "SELECT a FROM b WINDOW TUMBLING (5 SECONDS)",
            "SELECT a FROM b UNION SELECT",
            "SELECT a FROM b WINDOW HOPPING (SIZE 1 HOUR)", "SELECT a FROM b WINDOW SESSION (SIZE 1 HOUR)",
            "SELECT a FROM b DEDUPLICATE BY c", "SELECT a FROM b DEDUPLICATE BY c WITHIN 1 HOUR WHERE d",
            "SELECT a FROM b WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 1 DAY, GRACE PERIOD 1 DAY)",
            "SELECT a FROM b WINDOW TUMBLING (SIZE 9223372036854775807 DAYS)", "SELECT a FROM b c d",
        ])
    func refused(_ text: String) {
        #expect(throws: Diagnostic.self) { try parse(text) }
    }
}
