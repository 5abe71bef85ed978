import Diagnostics
import Foundation
import Testing

@testable import Server

/// What a server that begins again finds, and what it must leave alone.
@Suite struct RestartTests {
    private let server: TestServer

    init() throws {
        server = try TestServer()
        try server.run(
            """
            CREATE STREAM s (k STRING KEY, a BIGINT) WITH (
              KAFKA_TOPIC = 's', PARTITIONS = 1, VALUE_FORMAT = 'JSON');
            """)
    }

    private var topicNames: [String] { server.engine.snapshot.topics.map(\.name) }

    @Test func aDeletedTopicStaysGone() throws {
        try server.run("CREATE STREAM c AS SELECT * FROM s;")
        #expect(topicNames == ["C", "s"])
        try server.run("DROP STREAM c DELETE TOPIC;")
        try server.restart()
        #expect(topicNames == ["s"])
    }

    @Test func aTopicMadeAgainIsNotTakenForTheDeletedOne() throws {
        try server.run(
            """
            CREATE STREAM c AS SELECT * FROM s;
            DROP STREAM c DELETE TOPIC;
            CREATE STREAM c AS SELECT * FROM s;
            """)
        try server.run("INSERT INTO s VALUES ('x', 1);")
        #expect(TestServer.waits { (try? server.pull("SELECT a FROM c;")) == ["1"] })
        try server.restart()
        #expect(try server.pull("SELECT a FROM c;") == ["1"])
    }

    /// A crash between the log and the deletion.
    @Test func aDeletionThatWasLoggedIsDone() throws {
        let identity = try #require(server.engine.topics.identity("s"))
        try server.engine.log.append(
            StatementLog.Entry(
                sequence: server.engine.log.nextSequence, statement: "DROP STREAM s DELETE TOPIC;",
                properties: [:], deletions: ["s": identity, "t": identity]))
        try server.restart()
        #expect(topicNames.isEmpty)
        #expect(server.engine.snapshot.refused.isEmpty)
    }

    @Test func aTerminatedInsertionCanBeMadeAgain() throws {
        let insertion = "INSERT INTO c WITH (QUERY_ID = 'copy') SELECT * FROM s;"
        try server.run(
            """
            CREATE STREAM c (k STRING KEY, a BIGINT) WITH (
              KAFKA_TOPIC = 'c', PARTITIONS = 1, VALUE_FORMAT = 'JSON');
            """
        )
        try server.run(insertion)
        try server.run("INSERT INTO s VALUES ('x', 1);")
        #expect(TestServer.waits { (try? server.pull("SELECT a FROM c;")) == ["1"] })
        let id = try #require(server.engine.snapshot.queries.first?.id)
        try server.run("TERMINATE \(id);")
        let made = try server.run(insertion)
        #expect(made?.queryID == id)
        #expect(TestServer.waits { (try? server.pull("SELECT a FROM c;")) == ["1", "1"] })
        #expect(server.engine.snapshot.queries.allSatisfy { $0.state == .running })
    }

    /// It waits for whoever mends the log.
    @Test func aStatementThatCannotBeReadKeepsItsState() throws {
        let made = try server.run("CREATE TABLE t AS SELECT k, SUM(a) AS a FROM s GROUP BY k;")
        let id = try #require(made?.queryID)
        try server.run("INSERT INTO s VALUES ('x', 1);")
        #expect(TestServer.waits { (try? server.pull("SELECT a FROM t;")) == ["1"] })
        try server.run("CREATE STREAM last AS SELECT * FROM s;")
        server.engine.stop()
        let path = server.directory + "/statements.log"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        var damaged = whole
        let second = try #require(damaged.firstIndex(of: UInt8(ascii: "\n"))) + 40
        damaged[second] ^= 1
        try damaged.write(to: URL(fileURLWithPath: path))
        try server.restart()
        #expect(server.engine.snapshot.queries.map(\.id).contains(id) == false)
        server.engine.stop()
        try whole.write(to: URL(fileURLWithPath: path))
        try server.restart()
        try server.run("INSERT INTO s VALUES ('x', 2);")
        #expect(TestServer.waits { (try? server.pull("SELECT a FROM t;")) == ["3"] })
    }
}
