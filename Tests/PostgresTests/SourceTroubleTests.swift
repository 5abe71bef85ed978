import Diagnostics
import Foundation
import Runtime
import TestKit
import Testing

/// What is wrong with a table that is read, and a server that comes and goes.
@Suite(
    "A source that has trouble", .serialized,
    .enabled(if: PostgresServer.isHere, "\(PostgresServer.isMissing)"))
struct SourceTroubleTests {
    private func fault(
        _ table: String, _ columns: String = "id STRING PRIMARY KEY, name STRING", _ more: String = ""
    ) throws -> Diagnostic {
        let place = try Place()
        try place.sql(table)
        let text =
            "CREATE SOURCE TABLE products (\(columns)) WITH (connector = 'postgres', url = '$url', "
            + "table = 'products'\(more));\nCREATE TABLE copied AS SELECT * FROM products;\n"
            + Place.sink("copies", from: "copied")
        let fault = try #require(#expect(throws: Diagnostic.self) { try place.run(text) })
        #expect(!fault.rendered().contains(place.server.password))
        return fault
    }

    @Test func whatDoesNotFitIsNamed() throws {
        let type = try fault(
            "CREATE TABLE products (id text PRIMARY KEY, name text, n bigint)",
            "id STRING PRIMARY KEY, n INTEGER")
        #expect(type.message == "column \"n\" of table products is bigint, and N is declared INTEGER")
        #expect(type.expected == "BIGINT")
        let digits = try fault(
            "CREATE TABLE products (id text PRIMARY KEY, n numeric(12,4))",
            "id STRING PRIMARY KEY, n DECIMAL(12, 2)")
        #expect(digits.expected == "DECIMAL(12,4)")
        let missing = try fault("CREATE TABLE products (id text PRIMARY KEY, nam text)")
        #expect(missing.message == "table products has no column \"NAME\"")
        #expect(missing.hint == "did you mean nam?")
        let key = try fault("CREATE TABLE products (id text, name text)")
        #expect(key.message.hasPrefix("nothing says that id tells rows of table products apart"))
        let table = try fault("SELECT 1")
        #expect(table.message.hasPrefix("there is no table products at postgresql://app@"))
        let time = try fault(
            "CREATE TABLE products (id text PRIMARY KEY, name text, u integer)",
            "id STRING PRIMARY KEY, name STRING",
            ", updated_at = 'u'")
        #expect(time.message == "column \"u\" of table products, which 'updated_at' names, is integer")
    }

    @Test func statementsThatCanNotWorkAreRefusedBeforeAnybodyConnects() throws {
        let place = try Place()
        func fault(_ statement: String) throws -> Diagnostic {
            try #require(#expect(throws: Diagnostic.self) { try place.plan(statement) })
        }
        let columns = "(id STRING PRIMARY KEY)"
        #expect(
            try fault("CREATE SOURCE TABLE p \(columns) WITH (connector = 'postgres', url = 'x');").message
                == "the table P needs the property 'table'")
        #expect(
            try fault(
                "CREATE SOURCE TABLE p \(columns) WITH (connector = 'postgres', url = 'x', "
                    + "table = 'p', updatedat = 'u');"
            ).hint == "did you mean 'updated_at'?")
        #expect(
            try fault(
                "CREATE SOURCE STREAM p (id STRING KEY) WITH (connector = 'postgres', url = 'x', "
                    + "table = 'p');"
            ).message == "a table of a database is read as a table, and not as a stream")
        #expect(
            try fault(
                "CREATE STREAM p (id STRING) WITH (connector = 'files', path = 'x', "
                    + "value_format = 'JSON', updated_at = 'u');"
            ).message.contains("which is for databases"))
    }

    /// One that only these tests stop.
    private static let server = Result { try PostgresServer() }
    private static let equal =
        "SELECT (SELECT count(*) FROM products) = (SELECT count(*) FROM copied) AND NOT EXISTS "
        + "(SELECT id, name, price, tags FROM products EXCEPT TABLE copied)"

    @Test func aServerThatIsAwayIsWaitedFor() throws {
        let place = try Place(try Self.server.get())
        try place.sql(
            SourceTests.products + "INSERT INTO products SELECT 'p' || n FROM generate_series(1, 500) n")
        // The sink's database is another one, which stays.
        let there = try Place()
        let text =
            SourceTests.source()
            + "CREATE TABLE copied AS SELECT id, name FROM products;\n"
            + Place.sink("copies", from: "copied").replacingOccurrences(of: "$url", with: there.url)
        place.server.crash()
        let running = try Running(try place.task(text, patience: nil))
        var reason: Diagnostic?
        try running.waitUntil {
            if case .retrying(let diagnostic, _) = running.status.phase { reason = diagnostic }
            return reason != nil
        }
        #expect(try #require(reason).message.contains("postgresql://app@127.0.0.1:"))
        #expect(!(try #require(reason).rendered().contains(place.server.password)))
        try place.server.start()
        try running.waitUntil { (try? there.sql("SELECT count(*) FROM copied")) == "500" }
        place.server.kill()
        try running.waitUntil { if case .retrying = running.status.phase { true } else { false } }
        try place.server.start()
        try place.sql("INSERT INTO products SELECT 'q' || n FROM generate_series(1, 500) n")
        try running.waitUntil { (try? there.sql("SELECT count(*) FROM copied")) == "1000" }
        try running.stop()
    }

    /// Nobody waits for ever where only what is there is to be taken.
    @Test func aRunThatTakesWhatIsThereGivesUp() throws {
        let place = try Place(try Self.server.get())
        place.server.crash()
        defer { try? place.server.start() }
        let there = try Place()
        let text =
            SourceTests.source() + "CREATE TABLE copied AS SELECT id, name FROM products;\n"
            + Place.sink("copies", from: "copied").replacingOccurrences(of: "$url", with: there.url)
        let fault = #expect(throws: Diagnostic.self) { try place.run(text) }
        #expect(fault?.code == .unavailable)
    }
}
