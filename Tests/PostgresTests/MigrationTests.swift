import Diagnostics
import Foundation
import Storage
import TestKit
import Testing

@testable import Connectors
@testable import Postgres

/// Where the statements of a script end.
@Suite struct StatementSplitterTests {
    static let function =
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; "
        + "SELECT 2; END"

    private func statements(_ text: String) -> [String] {
        MigrationFile(path: "x", name: "x", text: text).statements.map(\.text)
    }

    @Test(arguments: [
        ("", []),
        ("-- nothing;\n /* ; /* ; */ ; */ ;;", []),
        ("SELECT 1; SELECT 2", ["SELECT 1", "SELECT 2"]),
        (
            "SELECT ';', \"a;b\", 'it''s;', E'\\';' ; SELECT 2;",
            ["SELECT ';', \"a;b\", 'it''s;', E'\\';' ", "SELECT 2"]
        ),
        ("SELECT $$a;$b$;$$; SELECT $t$;$$;$t$;", ["SELECT $$a;$b$;$$", "SELECT $t$;$$;$t$"]),
        ("SELECT $1; SELECT a$b$c;", ["SELECT $1", "SELECT a$b$c"]),
        (
            "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); SELECT 1",
            [
                "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)", "SELECT 1",
            ]
        ),
        (
            Self.function + "; SELECT 3",
            [
                Self.function,
                "SELECT 3",
            ]
        ),
        ("SELECT 'never ended; SELECT 2", ["SELECT 'never ended; SELECT 2"]),
        ("SELECT $$never ended; SELECT 2", ["SELECT $$never ended; SELECT 2"]),
        ("SELECT 1 /* never ended; ", ["SELECT 1 /* never ended; "]),
        ("SELECT E'\\", ["SELECT E'\\"]),
    ])
    func endsAtSemicolonsOutside(text: String, expected: [String]) {
        #expect(statements(text) == expected)
    }

    /// Whatever bytes come, it ends, and no byte is in two statements.
    @Test(arguments: 0..<20)
    func anyTextIsSplit(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let parts = [
            "'", "\"", "$", "$$", "$a$", ";", "--", "\n", "/*", "*/", "E'", "\\", "(", ")",
            "create function ",
            "begin ", "end ", "case ", "x", "é", " ",
        ]
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 0..<30, using: &random)).map { _ in
                parts[Int.random(in: 0..<parts.count, using: &random)]
            }.joined()
            var last = 0
            for range in StatementSplitter.ranges(text) {
                #expect(range.lowerBound >= last && range.upperBound <= text.utf8.count, "\(seed): \(text)")
                #expect(!range.isEmpty)
                last = range.upperBound
            }
        }
    }
}

/// What a database is told before a pipeline writes to it.
@Suite("Migrations", .enabled(if: PostgresServer.isHere, "\(PostgresServer.isMissing)"))
struct MigrationTests {
    private let server: PostgresServer
    private let url: String
    private let address: PostgresAddress

    init() throws {
        server = try PostgresServer.shared.get()
        url = try server.database("migrations")
        address = try PostgresAddress(url)
    }

    private func file(_ name: String, _ text: String) -> MigrationFile {
        MigrationFile(path: "pipelines/shop/\(name)", name: "shop/\(name)", text: text)
    }

    private func apply(_ files: MigrationFile...) throws { try Migrations(files).apply(address) }

    private func failure(_ files: MigrationFile...) throws -> Diagnostic {
        let error = try #require(throws: PostgresError.self) { try Migrations(files).apply(address) }
        guard case .refused(let diagnostic) = error else { throw error }
        return diagnostic
    }

    @Test func filesAreAppliedOnceInOrder() throws {
        let files = [
            file("1.postgres.sql", "CREATE TABLE t (n int); INSERT INTO t VALUES (1);"),
            file("2.postgres.sql", "-- a view\nCREATE VIEW v AS SELECT sum(n) AS n FROM t;"),
        ]
        for _ in 0..<3 { try Migrations(files).apply(address) }
        #expect(try server.sql("SELECT n FROM v", at: url) == "1")
        #expect(
            try server.sql("SELECT file, statements FROM millrace_migrations ORDER BY 1", at: url)
                == "shop/1.postgres.sql|2\nshop/2.postgres.sql|1")
    }

    @Test func aChangedFileIsAppliedAgain() throws {
        try apply(
            file("1.postgres.sql", "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"))
        try apply(
            file("1.postgres.sql", "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'"))
        #expect(try server.sql("SELECT f()", at: url) == "2")
    }

    @Test func aStatementThatFailsIsNamedAndItsFileUndone() throws {
        let good = file("1.postgres.sql", "CREATE TABLE t (n int);")
        let bad = file(
            "2.postgres.sql",
            "CREATE TABLE u (n int);\n\n-- é\nCREATE VIEW v AS\n  SELECT 'é', nope FROM t;\nSELECT 1;")
        let diagnostic = try failure(good, bad)
        #expect(diagnostic.location?.description == "pipelines/shop/2.postgres.sql:5:15")
        #expect(diagnostic.message.hasPrefix("statement 2 of shop/2.postgres.sql fails at postgresql://app@"))
        #expect(diagnostic.message.hasSuffix("column \"nope\" does not exist [42703]"))
        #expect(
            try server.sql("SELECT to_regclass('t') IS NULL, to_regclass('u') IS NULL", at: url) == "f|t")
        try apply(good, file("2.postgres.sql", "CREATE TABLE u (n int);"))
    }

    @Test func whatCannotBeAppliedAgainSaysSo() throws {
        try apply(file("1.postgres.sql", "CREATE TABLE t (n int);"))
        let diagnostic = try failure(file("1.postgres.sql", "CREATE TABLE t (n int, m int);"))
        #expect(diagnostic.location?.description == "pipelines/shop/1.postgres.sql:1:1")
        #expect(diagnostic.hint?.contains("with another text") == true)
    }

    @Test(arguments: ["BEGIN; CREATE TABLE t (n int); COMMIT;", "CREATE TABLE t (n int); COMMIT; SELECT 1;"])
    func transactionsOfTheirOwnAreRefused(text: String) throws {
        #expect(try failure(file("1.postgres.sql", text)).message.contains("has no place"))
        #expect(try server.sql("SELECT to_regclass('t') IS NULL", at: url) == "t")
    }

    @Test func theClientsCopyIsRefused() throws {
        let text = "CREATE TABLE t (n int); COPY t FROM STDIN;"
        #expect(try failure(file("1.postgres.sql", text)).message.contains("COPY"))
    }

    @Test func thoseWhoStartAtTheSameTimeWait() async throws {
        let migrations = Migrations([
            file("1.postgres.sql", "CREATE TABLE t (n int); SELECT pg_sleep(0.05); INSERT INTO t VALUES (1);")
        ])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { [address] in try migrations.apply(address) } }
            try await group.waitForAll()
        }
        #expect(try server.sql("SELECT count(*) FROM t", at: url) == "1")
    }

    @Test func theyComeFromBesideTheScript() throws {
        let files = SimulatedFileSystem()
        try files.createDirectory("/p/shop")
        for name in ["020-b.postgres.sql", "010-a.postgres.sql", "shop.sql", "notes.md"] {
            try Array(name.utf8).withUnsafeBytes { try files.writeAtomically($0, to: "/p/shop/" + name) }
        }
        let found = try Migrations(beside: ["/p/shop/shop.sql", "/p/shop/more.sql"], in: files).files
        #expect(found.map(\.name) == ["shop/010-a.postgres.sql", "shop/020-b.postgres.sql"])
        #expect(found.first?.path == "/p/shop/010-a.postgres.sql")
    }
}
