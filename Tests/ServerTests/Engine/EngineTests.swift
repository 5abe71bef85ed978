import Diagnostics
import Testing

@testable import Server

/// Statements that come one by one, and what their queries make.
@Suite struct EngineTests {
    private let server: TestServer

    init() throws {
        server = try TestServer()
        try server.run(
            """
            CREATE STREAM clicks (user STRING KEY, page STRING, ms BIGINT) WITH (
              KAFKA_TOPIC = 'clicks', PARTITIONS = 2, VALUE_FORMAT = 'JSON');
            """)
    }

    private func click(_ user: String, _ page: String, _ milliseconds: Int) throws {
        try server.run("INSERT INTO clicks VALUES ('\(user)', '\(page)', \(milliseconds));")
    }

    private static let counts = """
        CREATE TABLE counts AS SELECT user, COUNT(*) AS n, SUM(ms) AS total FROM clicks GROUP BY user;
        """

    @Test func aQueryMakesATableOfWhatIsInserted() throws {
        let made = try server.run(Self.counts)
        #expect(made?.queryID == "CTAS_COUNTS_2")
        #expect(made?.message == "Created query with ID CTAS_COUNTS_2")
        let (query, rows) = try server.push("SELECT * FROM counts EMIT CHANGES;")
        try click("ann", "/", 10)
        #expect(rows.reach(1))
        try click("bob", "/a", 5)
        #expect(rows.reach(2))
        try click("ann", "/b", 7)
        #expect(rows.reach(3))
        #expect(rows.all == ["ann 1 10", "bob 1 5", "ann 2 17"])
        query.cancel()
    }

    /// Two queries in a row: what one writes the other reads.
    @Test func queriesReadWhatOthersWrite() throws {
        try server.run(
            """
            CREATE STREAM slow AS SELECT * FROM clicks WHERE ms > 100;
            CREATE TABLE pages AS SELECT page, COUNT(*) AS n FROM slow GROUP BY page;
            """)
        let (_, rows) = try server.push("SELECT page, n FROM pages EMIT CHANGES LIMIT 2;")
        for (user, page, milliseconds) in [
            ("a", "/", 50), ("a", "/x", 150), ("b", "/y", 99), ("c", "/x", 101),
        ] { try click(user, page, milliseconds) }
        #expect(TestServer.waits { rows.all.last == "/x 2" || rows.hasEnded })
        #expect(rows.all.allSatisfy { $0.hasPrefix("/x ") })
    }

    @Test func statementsAndStateAreThereAfterARestart() throws {
        try server.run(Self.counts)
        try click("ann", "/", 10)
        let (_, before) = try server.push("SELECT * FROM counts EMIT CHANGES;")
        #expect(before.reach(1))
        try server.restart()
        #expect(server.engine.snapshot.plan.queries.map(\.id) == ["CTAS_COUNTS_2"])
        let (_, rows) = try server.push("SELECT * FROM counts EMIT CHANGES;")
        try click("ann", "/", 10)
        #expect(TestServer.waits { rows.all.last == "ann 2 20" })
    }

    /// Where a query begins to read is fixed when it is made, not when it first has something to do.
    @Test func latestIsTheEndWhenTheQueryWasMade() throws {
        try click("old", "/", 1)
        server.session.properties["auto.offset.reset"] = "latest"
        try server.run(Self.counts)
        try server.restart()
        try click("new", "/", 2)
        server.session.properties["auto.offset.reset"] = "earliest"
        let (_, rows) = try server.push("SELECT * FROM counts EMIT CHANGES;")
        #expect(rows.reach(1))
        #expect(rows.all == ["new 1 2"])
    }

    @Test func aPausedQueryGoesOnWhereItWas() throws {
        try server.run(Self.counts)
        let (_, rows) = try server.push("SELECT * FROM counts EMIT CHANGES;")
        try click("ann", "/", 1)
        #expect(rows.reach(1))
        try server.run("PAUSE CTAS_COUNTS_2;")
        #expect(server.engine.snapshot.queries.map(\.state) == [.paused])
        try click("ann", "/", 2)
        try server.restart()
        #expect(server.engine.snapshot.queries.map(\.state) == [.paused])
        let (_, later) = try server.push("SELECT * FROM counts EMIT CHANGES;")
        try server.run("RESUME CTAS_COUNTS_2;")
        #expect(TestServer.waits { later.all.last == "ann 2 3" })
    }

    @Test func droppingTakesQueryAndTopic() throws {
        try server.run(Self.counts)
        #expect(throws: Diagnostic.self) { try server.run("DROP STREAM clicks;") }
        try server.run("DROP TABLE counts DELETE TOPIC;")
        #expect(server.engine.snapshot.queries.isEmpty)
        #expect(server.engine.snapshot.topics.map(\.name) == ["clicks"])
        let again = try server.run(Self.counts)
        #expect(again?.queryID == "CTAS_COUNTS_4")
        try click("ann", "/", 1)
        let (_, rows) = try server.push("SELECT * FROM counts EMIT CHANGES;")
        #expect(rows.reach(1))
        #expect(rows.all == ["ann 1 1"])
    }

    @Test func aReplacedQueryKeepsItsStateWhereItCan() throws {
        try server.run(Self.counts)
        try click("ann", "/", 1)
        let (_, before) = try server.push("SELECT * FROM counts EMIT CHANGES;")
        #expect(before.reach(1))
        let made = try server.run(
            """
            CREATE OR REPLACE TABLE counts AS SELECT user, COUNT(*) AS n, SUM(ms) AS total FROM clicks
              WHERE page <> '/bot' GROUP BY user;
            """)
        #expect(made?.queryID == "CTAS_COUNTS_2")
        try click("ann", "/bot", 50)
        try click("ann", "/", 2)
        let (_, rows) = try server.push("SELECT * FROM counts EMIT CHANGES;")
        #expect(TestServer.waits { rows.all.last == "ann 2 3" })
    }

    @Test func aBadStatementChangesNothing() throws {
        let before = server.engine.snapshot.sequence
        #expect(throws: Diagnostic.self) { try server.run("CREATE STREAM x AS SELECT nope FROM clicks;") }
        #expect(throws: Diagnostic.self) {
            try server.run("CREATE STREAM y (a STRING) WITH (KAFKA_TOPIC = 'none', VALUE_FORMAT = 'JSON');")
        }
        #expect(server.engine.snapshot.sequence == before)
        try server.restart()
        #expect(server.engine.snapshot.refused.isEmpty)
    }

    @Test func printShowsRecordsAsText() throws {
        try click("ann", "/", 10)
        let (_, rows) = try server.push("PRINT clicks FROM BEGINNING LIMIT 1;")
        #expect(rows.reach(1))
        #expect(TestServer.waits { rows.hasEnded })
        let line = try #require(rows.all.first)
        #expect(line.contains("key: ann, value: {\"PAGE\":\"/\",\"MS\":10}, partition: "))
    }

    // MARK: Pull queries

    @Test func pullQueriesSeeWhatTheTableHolds() throws {
        try server.run(Self.counts)
        for turn in 1...5 { for user in ["ann", "bob", "cid"] { try click(user, "/", turn) } }
        #expect(
            try TestServer.waits {
                try server.pull("SELECT * FROM counts WHERE user = 'cid';") == ["cid 5 15"]
            })
        try server.run("INSERT INTO clicks VALUES ('dan', '/x', 100);")
        #expect(try TestServer.waits { try server.pull("SELECT COUNT(*) FROM counts;") == ["4"] })
        #expect(try server.pull("SELECT user FROM counts WHERE n < 3;") == ["dan"])
        #expect(
            try server.pull("SELECT user, total FROM counts ORDER BY total DESC, user LIMIT 2;")
                == ["dan 100", "ann 15"])
        try server.restart()
        #expect(TestServer.waits { (try? server.pull("SELECT COUNT(*) FROM counts;")) == ["4"] })
        #expect(try server.pull("SELECT COUNT(*), SUM(ms) FROM clicks;") == ["16 145"])
    }

    @Test func sourceTablesAreAskedToo() throws {
        try server.run(
            """
            CREATE TABLE pages (page STRING PRIMARY KEY, title STRING) WITH (
              KAFKA_TOPIC = 'pages', PARTITIONS = 1, VALUE_FORMAT = 'JSON');
            CREATE SOURCE TABLE seen (page STRING PRIMARY KEY, title STRING) WITH (
              KAFKA_TOPIC = 'pages', VALUE_FORMAT = 'JSON');
            INSERT INTO pages VALUES ('/', 'Home');
            INSERT INTO pages VALUES ('/a', 'A');
            """)
        #expect(
            TestServer.waits {
                (try? server.pull("SELECT * FROM seen ORDER BY page;")) == ["/ Home", "/a A"]
            })
        #expect(throws: Diagnostic.self) { try server.pull("SELECT * FROM pages;") }
    }
}

/// Changes to what is at work.
@Suite struct ChangingTests {
    private let server: TestServer

    init() throws {
        server = try TestServer()
        try server.run(
            """
            CREATE STREAM s (k STRING KEY, a BIGINT) WITH (
              KAFKA_TOPIC = 's', PARTITIONS = 1, VALUE_FORMAT = 'JSON');
            """)
    }

    /// What a column more changes in others, and what not.
    @Test func alteredStreamsAreReadOn() throws {
        try server.run("CREATE TABLE t AS SELECT k, SUM(a) AS a FROM s GROUP BY k;")
        try server.run("INSERT INTO s VALUES ('x', 1);")
        #expect(TestServer.waits { (try? server.pull("SELECT a FROM t;")) == ["1"] })
        try server.run("ALTER STREAM s ADD COLUMN b BIGINT;")
        try server.run("INSERT INTO s VALUES ('x', 2, 30);")
        #expect(TestServer.waits { (try? server.pull("SELECT a FROM t;")) == ["3"] })
        try server.run("CREATE STREAM u AS SELECT k, b FROM s;")
        try server.restart()
        #expect(TestServer.waits { (try? server.pull("SELECT b FROM u ORDER BY b;")) == ["30", "NULL"] })
    }

    @Test func terminatingLeavesTheRelation() throws {
        let made = try server.run("CREATE STREAM c AS SELECT * FROM s;")
        let id = try #require(made?.queryID)
        try server.run("INSERT INTO s VALUES ('x', 1);")
        #expect(TestServer.waits { (try? server.pull("SELECT a FROM c;")) == ["1"] })
        try server.run("TERMINATE \(id);")
        #expect(server.engine.snapshot.queries.isEmpty)
        try server.run("INSERT INTO s VALUES ('x', 2);")
        #expect(try server.pull("SELECT a FROM c;") == ["1"])
        try server.restart()
        #expect(server.engine.snapshot.queries.isEmpty)
    }

    /// Another kind of state can't be kept: it goes on from there, and says so.
    @Test func otherStateBeginsWhereTheFormerEnded() throws {
        try server.run("CREATE TABLE t AS SELECT k, SUM(a) AS a FROM s GROUP BY k;")
        try server.run("INSERT INTO s VALUES ('x', 1);")
        #expect(TestServer.waits { (try? server.pull("SELECT a FROM t;")) == ["1"] })
        let made = try server.run(
            "CREATE OR REPLACE TABLE t AS SELECT k, MAX(a) AS a FROM s WHERE a < 100 GROUP BY k;")
        #expect(made?.warnings.count == 1)
        try server.run("INSERT INTO s VALUES ('x', 500); INSERT INTO s VALUES ('y', 2);")
        #expect(TestServer.waits { (try? server.pull("SELECT k, a FROM t;")) == ["y 2"] })
    }

    /// A window that nothing follows closes when its source has been silent for as long as the query says.
    @Test func finalWindowsCloseInSilence() throws {
        try server.run("CREATE STREAM big AS SELECT * FROM s WHERE a > 1;")
        server.session.properties["idle.timeout"] = "200ms"
        try server.run(
            """
            CREATE TABLE f AS SELECT k, SUM(a) AS a FROM big WINDOW TUMBLING (SIZE 1 SECONDS) GROUP BY k
              EMIT FINAL;
            """)
        server.session.properties["idle.timeout"] = nil
        try server.run("INSERT INTO s VALUES ('x', 1); INSERT INTO s VALUES ('x', 20);")
        #expect(TestServer.waits { (try? server.pull("SELECT k, a FROM f;")) == ["x 20"] })
    }
}
