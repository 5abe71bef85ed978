import Diagnostics
import Foundation
import Testing

@testable import Server

/// What lives in no topic: relations over files, and what queries make of them.
@Suite struct LocalUnitTests {
    private let server: TestServer
    private let folder: String

    init() throws {
        server = try TestServer()
        folder = server.directory + "/in"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try server.run(
            """
            CREATE STREAM events (id STRING, user STRING, n BIGINT) WITH (
              connector = 'files', path = '\(folder)', value_format = 'JSON');
            """)
    }

    private func write(_ file: String, _ rows: [(String, String, Int)]) throws {
        let lines = rows.map { "{\"id\":\"\($0.0)\",\"user\":\"\($0.1)\",\"n\":\($0.2)}\n" }
        try lines.joined().write(toFile: "\(folder)/\(file).json", atomically: true, encoding: .utf8)
    }

    private static let sums = "CREATE TABLE sums AS SELECT user, SUM(n) AS n FROM events GROUP BY user;"

    @Test func filesAreReadAsTheyCome() throws {
        try write("1", [("a", "ann", 1), ("b", "bob", 2)])
        try server.run(Self.sums)
        #expect(
            TestServer.waits {
                (try? server.pull("SELECT * FROM sums ORDER BY user;")) == ["ann 1", "bob 2"]
            })
        try write("2", [("c", "ann", 10)])
        #expect(
            TestServer.waits { (try? server.pull("SELECT n FROM sums WHERE user = 'ann';")) == ["11"] })
    }

    /// A second query joins the task; the first goes on with what it has.
    @Test func anotherQueryLeavesTheFirstItsState() throws {
        try write("1", [("a", "ann", 1), ("b", "bob", 2)])
        try server.run(Self.sums)
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM sums WHERE user = 'bob';")) == ["2"] })
        try server.run("CREATE TABLE counts AS SELECT user, COUNT(*) AS c FROM events GROUP BY user;")
        try write("2", [("c", "bob", 5)])
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM sums WHERE user = 'bob';")) == ["7"] })
        #expect(TestServer.waits { (try? server.pull("SELECT c FROM counts WHERE user = 'bob';")) == ["1"] })
        try server.restart()
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM sums WHERE user = 'bob';")) == ["7"] })
    }

    @Test func rowsOfFilesGoIntoATopic() throws {
        try server.run(
            """
            CREATE STREAM big (id STRING KEY, n BIGINT) WITH (
              KAFKA_TOPIC = 'big', PARTITIONS = 1, VALUE_FORMAT = 'JSON');
            INSERT INTO big SELECT id, n FROM events WHERE n > 5 PARTITION BY id;
            CREATE TABLE total AS SELECT 1 AS k, SUM(n) AS n FROM big GROUP BY 1;
            """)
        try write("1", [("a", "ann", 1), ("b", "bob", 7), ("c", "bob", 8)])
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM total;")) == ["15"] })
        #expect(try server.pull("SELECT id FROM big WHERE n = 8;") == ["c"])
    }

    @Test func pushQueriesReadFilesFromTheirBeginning() throws {
        try write("1", [("a", "ann", 1), ("b", "bob", 2)])
        let (_, rows) = try server.push("SELECT id FROM events WHERE n > 1 EMIT CHANGES;")
        #expect(rows.reach(1))
        try write("2", [("c", "cid", 3)])
        #expect(rows.reach(2))
        #expect(rows.all == ["b", "c"])
    }

    /// A table of the same name is another one: it begins where the task is.
    @Test func whatADroppedTableHeldIsGone() throws {
        try write("1", [("a", "ann", 1)])
        try server.run(Self.sums)
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM sums;")) == ["1"] })
        try server.run("CREATE TABLE other AS SELECT user, COUNT(*) AS c FROM events GROUP BY user;")
        try server.run("DROP TABLE sums;")
        try server.run(Self.sums)
        try write("2", [("b", "ann", 10)])
        #expect(TestServer.waits { (try? server.pull("SELECT c FROM other;")) == ["1"] })
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM sums;")) == ["10"] })
    }

    /// What all share can't wait for one of them.
    @Test func pausingAllLeavesFilesAtWork() throws {
        try server.run(Self.sums)
        try server.run(
            """
            CREATE STREAM s (k STRING KEY, a BIGINT) WITH (
              KAFKA_TOPIC = 's', PARTITIONS = 1, VALUE_FORMAT = 'JSON');
            CREATE STREAM c AS SELECT * FROM s;
            """)
        try server.restart()
        try server.run("PAUSE ALL;")
        #expect(server.engine.snapshot.queries.map(\.state) == [.running, .paused])
        #expect(throws: Diagnostic.self) { try server.run("PAUSE CTAS_SUMS_2;") }
        try write("1", [("a", "ann", 1)])
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM sums;")) == ["1"] })
    }

    /// The others would lose theirs with it.
    @Test func aQueryIsNotReplacedByOneOfOtherState() throws {
        try write("1", [("a", "ann", 1)])
        try server.run(Self.sums)
        try server.run("CREATE TABLE counts AS SELECT user, COUNT(*) AS c FROM events GROUP BY user;")
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM sums;")) == ["1"] })
        #expect(throws: Diagnostic.self) {
            try server.run(
                "CREATE OR REPLACE TABLE sums AS SELECT user, MAX(n) AS n FROM events GROUP BY user;")
        }
        try write("2", [("b", "ann", 2)])
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM sums;")) == ["3"] })
        try server.restart()
        #expect(TestServer.waits { (try? server.pull("SELECT n FROM sums;")) == ["3"] })
    }
}
