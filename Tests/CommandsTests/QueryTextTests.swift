import Diagnostics
import TestKit
import Testing

@testable import Commands

@Suite("SQL of ad-hoc queries")
struct QueryTextTests {
    private func pairs(_ sql: String) -> [String] {
        TableReferences(in: sql).pairs.map { "\($0.layer).\($0.name)" }
    }

    @Test("names with a layer are found, those in strings and comments are not")
    func names() {
        #expect(
            pairs(
                "SELECT a.b, 'c.d', \"e\".\"f\"\"g\" FROM gold.revenue /* h.i */ --j.k\n JOIN l . m USING (n)"
            )
                == ["a.b", "e.f\"g", "gold.revenue", "l.m"])
        #expect(pairs("SELECT 1.5, 'it''s a.b' , $$ c.d $$, $x$ e.f $y$ $x$ FROM g.h.i") == ["1.5", "g.h"])
        #expect(pairs("SELECT 'not closed a.b") == [])
        #expect(pairs("/* not closed a.b") == [])
        #expect(pairs("\"not closed a.b") == [])
        #expect(pairs("$$ a.b") == [])
        #expect(pairs("SELECT $1, a.b") == ["a.b"])
    }

    @Test("the catalogue is asked for")
    func catalogue() {
        #expect(TableReferences(in: "SHOW ALL TABLES").asksForCatalogue)
        #expect(TableReferences(in: "from information_schema.tables").asksForCatalogue)
        #expect(!TableReferences(in: "SELECT 'show' FROM gold.revenue").asksForCatalogue)
    }

    @Test("what needs the views of all tables, and what is answered without")
    func shownTables() throws {
        #expect(!TableReferences(in: "SHOW TABLES").asksForCatalogue)
        #expect(TableReferences(in: "SHOW TABLES FROM gold").asksForCatalogue)
        #expect(try QueryText("select 1; show TABLES ;").showsTables)
        #expect(try !QueryText("SHOW TABLES FROM gold").showsTables)
    }

    @Test("a text is parted at the semicolons that end statements")
    func statements() {
        #expect(SQLToken.statements(of: "a; b") == ["a;", " b"])
        #expect(
            SQLToken.statements(of: "a ';' \";\" -- ;\n /* ; */ $$;$$; -- end") == [
                "a ';' \";\" -- ;\n /* ; */ $$;$$; -- end"
            ])
        #expect(SQLToken.statements(of: "") == [""])
    }

    @Test("SHOW TABLES lists the lake's, and rows for a file of Parquet are copied")
    func prepared() throws {
        #expect(
            try QueryText("SHOW TABLES; SELECT 1").prepared(tables: "FROM t", parquet: nil)
                == "FROM t; SELECT 1")
        #expect(
            try QueryText("SET x = 1; SELECT ';' -- ;\n; -- ;").prepared(tables: nil, parquet: "it's")
                == "SET x = 1;COPY ( SELECT ';' -- ;\n\n) TO 'it''s' (FORMAT parquet);")
        #expect(throws: Diagnostic.self) {
            try QueryText("CREATE TABLE t (i INT)").prepared(tables: nil, parquet: "f")
        }
        for text in ["", " ;; -- nothing", "/* */"] {
            #expect(throws: Diagnostic.self) { try QueryText(text) }
        }
    }

    @Test("any text is its statements", arguments: 0..<500 as Range<UInt64>)
    func noiseInStatements(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = ["'", "\"", "$$", "--", "/*", "*/", "\n", ";", "a", " ", ";;"]
        let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }
        .joined()
        #expect(SQLToken.statements(of: text).joined() == text, "seed \(seed)")
    }

    @Test("names and strings cannot be left")
    func quoting() {
        #expect(SQLText.name("a\"b") == "\"a\"\"b\"")
        #expect(SQLText.string("it's\u{0}") == "'it''s'")
        #expect(SQLText.plainPath("/a/[b]*?.parquet") == "/a/[[]b][*][?].parquet")
    }

    @Test("DuckDB's errors point into the statement")
    func messages() throws {
        let sql = "SELECT 1,\n  nn FROM t"
        let text =
            "Binder Error: Referenced column \"nn\" not found in FROM clause!\nCandidate bindings: \"n\"\n\n"
            + "LINE 2:   nn FROM t\n          ^\n"
        let diagnostic = try #require(DuckDBMessage(text)).diagnostic(sql: sql)
        #expect(diagnostic.location?.line == 2)
        #expect(diagnostic.location?.column == 3)
        #expect(diagnostic.location?.length == 2)
        #expect(diagnostic.hint == "Candidate bindings: \"n\"")
        #expect(DuckDBMessage("\n \n") == nil)
        #expect(DuckDBMessage("Catalog Error: Table with name x does not exist!")?.missingTable == "x")
    }

    @Test("a cut line of DuckDB's is found again")
    func cutLine() throws {
        let long = "SELECT " + String(repeating: "a + ", count: 60) + "nn FROM t"
        let place = try #require(long.firstRange(of: "nn"))
        let part = String(long[long.index(place.lowerBound, offsetBy: -20)...])
        let text =
            "Binder Error: no\n\nLINE 1: ...\(part)\n" + String(repeating: " ", count: 8 + 3 + 20) + "^"
        let diagnostic = try #require(DuckDBMessage(text)).diagnostic(sql: long)
        #expect(diagnostic.location?.column == long.distance(from: long.startIndex, to: place.lowerBound) + 1)
    }

    @Test("any text gives tokens and an end", arguments: 0..<500 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "'", "\"", "$", "$a$", "--", "/*", "*/", "\n", ".", "a", "from", " ", "é", "''", "\"\"", "1",
        ]
        let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }
        .joined()
        #expect(SQLToken.tokens(of: text).count <= text.count, "seed \(seed): \(text)")
        _ = TableReferences(in: text)
    }
}
