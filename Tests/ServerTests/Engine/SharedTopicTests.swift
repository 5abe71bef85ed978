import Diagnostics
import Testing

@testable import Server

/// Several queries, one after another or at once, that write to one topic.
@Suite struct SharedTopicTests {
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

    private func failures() -> [String] { server.engine.snapshot.queries.compactMap(\.failure?.message) }

    @Test func `two queries write to one stream`() throws {
        try server.run("CREATE STREAM seen AS SELECT user, page FROM clicks WHERE ms < 10;")
        try click("a", "/", 1)
        let (_, rows) = try server.push("SELECT user, page FROM seen EMIT CHANGES;")
        #expect(rows.reach(1))
        try server.run("INSERT INTO seen SELECT user, page FROM clicks WHERE ms > 100;")
        try click("b", "/", 200)
        try click("c", "/", 2)
        #expect(TestServer.waits { rows.all.sorted() == ["a /", "b /", "c /"] })
        #expect(failures() == [])
        try server.restart()
        try click("d", "/", 300)
        let (_, again) = try server.push("SELECT user, page FROM seen EMIT CHANGES;")
        #expect(TestServer.waits { again.all.sorted() == ["a /", "b /", "c /", "d /"] })
        #expect(failures() == [])
    }

    @Test func `a query that goes on without its state writes on`() throws {
        try server.run("CREATE TABLE counts AS SELECT user, COUNT(*) AS n FROM clicks GROUP BY user;")
        try click("ann", "/", 1)
        let (_, rows) = try server.push("SELECT user, n FROM counts EMIT CHANGES;")
        #expect(rows.reach(1))
        // The rows are others' now: what was counted does not help.
        try server.run(
            "CREATE OR REPLACE TABLE counts AS "
                + "SELECT user, COUNT_DISTINCT(page) AS n FROM clicks GROUP BY user;"
        )
        try click("bob", "/", 2)
        #expect(TestServer.waits { rows.all.last == "bob 1" || !failures().isEmpty })
        #expect(failures() == [])
    }

    @Test func `a table that is dropped and made again writes to the topic that was left`() throws {
        let counts = "CREATE TABLE counts AS SELECT user, COUNT(*) AS n FROM clicks GROUP BY user;"
        try server.run(counts)
        try click("ann", "/", 1)
        let (_, rows) = try server.push("SELECT user, n FROM counts EMIT CHANGES;")
        #expect(rows.reach(1))
        try server.run("DROP TABLE counts;")
        try server.run(counts)
        try click("ann", "/", 1)
        let (_, again) = try server.push("SELECT user, n FROM counts EMIT CHANGES;")
        #expect(TestServer.waits { again.all.last == "ann 2" || !failures().isEmpty })
        #expect(failures() == [])
    }
}
