import Foundation
import Testing

@testable import Commands

/// Tables that delta-rs wrote, asked through the command and DuckDB.
@Suite(
    "Queries over a lake", .enabled(if: Workplace.hasPython, "no Python with delta-rs: scripts/setup --tests")
)
struct QueryTests {
    /// A lake that all tests read and none changes.
    private static let lake: Result<String, any Error> = Result {
        let path = FileManager.default.temporaryDirectory.path + "/lake-\(UUID().uuidString)"
        try Workplace(path: path).python("make_lake.py", [path])
        // Brackets mean something to DuckDB's patterns; delta-rs cannot write to such a folder itself.
        let odd = path + "'[x]*"
        try FileManager.default.moveItem(atPath: path, toPath: odd)
        return odd
    }

    /// Runs the real program, since DuckDB writes to the process's own output.
    private func query(_ words: [String]) throws -> (code: Int32, output: String, errors: String) {
        let lake = try Self.lake.get()
        return try ProgramUnderTest.run(["query", "--lake", lake] + words)
    }

    private func rows(_ sql: String, _ words: [String] = []) throws -> [String] {
        let answer = try query(["--format", "csv"] + words + [sql])
        #expect(answer.code == 0, "\(answer.errors)")
        #expect(answer.errors.isEmpty)
        return answer.output.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    }

    @Test("a table has its rows, with types as Delta has them")
    func plain() throws {
        #expect(
            try rows("SELECT * FROM gold.revenue ORDER BY window_start") == [
                "2026-11-20 12:00:00+00,p1,1.50,1", "2026-11-20 12:05:00+00,p2,2.25,2",
                "2026-11-20 12:10:00+00,\"it's\",9.00,3",
            ])
        #expect(
            try rows("SELECT DISTINCT typeof(window_start), typeof(total_revenue) FROM GOLD.Revenue")
                == ["TIMESTAMP WITH TIME ZONE,\"DECIMAL(18,2)\""])
    }

    @Test("partition columns come from the log, with their types, NULL and odd characters")
    func partitions() throws {
        #expect(
            try rows("SELECT event_id, event_date, kind FROM silver.events ORDER BY event_id") == [
                "a,2026-11-20,x y", "b,2026-11-21,x%2Fy", "c,,\"z'[*]?\"", "d,2026-11-20,x y",
                "e,2026-11-21,\"é=1\"",
            ])
        #expect(
            try rows(
                "SELECT count(*), max(typeof(event_date)) FROM silver.events "
                    + "WHERE event_date > DATE '2026-11-20'"
            )
                == ["2,DATE"])
        #expect(try rows("SELECT place.city, tags[2] FROM silver.events WHERE event_id = 'd'") == ["Oslo,c"])
    }

    @Test("an empty table has its columns")
    func empty() throws {
        #expect(try rows("SELECT * FROM silver.empty") == [])
        #expect(
            try rows("SELECT column_name || ' ' || column_type FROM (DESCRIBE silver.empty)")
                == [
                    "event_id VARCHAR", "event_date DATE", "kind VARCHAR", "is_bot BOOLEAN", "tags VARCHAR[]",
                    "\"place STRUCT(city VARCHAR)\"",
                ].map {
                    $0.replacingOccurrences(
                        of: "\"place STRUCT(city VARCHAR)\"", with: "place STRUCT(city VARCHAR)")
                })
    }

    @Test("files older than a column give NULL for it")
    func evolution() throws {
        #expect(try rows("SELECT product_id, note FROM gold.evolved ORDER BY 1") == ["p1,", "p4,new"])
    }

    @Test("a version and a time give the table as it was")
    func timeTravel() throws {
        #expect(try rows("SELECT count(*) FROM gold.revenue", ["--at", "0"]) == ["2"])
        #expect(try rows("SELECT count(*) FROM gold.revenue", ["--at", "1"]) == ["3"])
        #expect(try rows("SELECT count(*) FROM gold.revenue", ["--at", "2090-01-01"]) == ["3"])
        let missing = try query(["--at", "9", "SELECT count(*) FROM gold.revenue"])
        #expect(missing.code == 1)
        #expect(missing.errors.contains("has no version 9"))
        let early = try query(["--at", "2001-01-01", "SELECT count(*) FROM gold.revenue"])
        #expect(early.errors.contains("no version from that time or before"))
    }

    @Test("several tables, aliases and all formats")
    func formats() throws {
        let sql =
            "SELECT r.product_id AS p, e.note FROM gold.revenue AS r "
            + "JOIN gold.evolved AS e USING (product_id)"
        #expect(try query(["--json", sql]).output == "[{\"p\":\"p1\",\"note\":null}]\n")
        let table = try query([sql]).output
        #expect(table.contains("│ p1 │") && table.hasPrefix("┌"))
        #expect(try rows("SELECT count(*) FROM (SHOW ALL TABLES)") == ["6"])
    }

    @Test("the tables are listed, and described")
    func listing() throws {
        #expect(
            try rows("SHOW TABLES").map { $0.split(separator: ",")[0] } == [
                "bronze.dead_letters", "bronze.events", "gold.evolved", "gold.revenue", "silver.empty",
                "silver.events",
            ])
        #expect(try rows("SHOW TABLES", ["--at", "1"]).contains("gold.revenue,3,2,1,"))
        #expect(try rows("DESCRIBE gold.revenue").first?.hasPrefix("window_start,TIMESTAMP WITH") == true)
    }

    @Test("statements come from a file or another program, rows go to a file")
    func inputAndOutput() throws {
        try Workplace.with { place in
            try place.write("SELECT 1 AS one;\nSELECT count(*) AS n FROM gold.revenue;\n", to: "asked.sql")
            let asked = try query(["--format", "jsonl", "-f", place.path + "/asked.sql"])
            #expect(asked.output == "{\"one\":1}\n{\"n\":3}\n")
            let file = place.path + "/rows"
            #expect(try query(["--format", "csv", "--output", file, "FROM gold.evolved"]).code == 0)
            #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("product_id,note\n"))
            #expect(try query(["--format", "parquet", "--output", file, "FROM gold.revenue;"]).code == 0)
            #expect(try rows("SELECT sum(units_sold) FROM read_parquet('\(file)')") == ["6"])
            let failed = try query(["--format", "csv", "--output", file + "2", "FROM gold.nothing"])
            #expect(failed.code == 1)
            let wrong = try query([
                "--format", "csv", "--output", file + "2", "SELECT nope FROM gold.revenue",
            ])
            #expect(wrong.code == 1)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == [
                    "asked.sql", "rows",
                ])
            #expect(try query(["--format", "markdown", "SELECT 1 AS one"]).output.hasPrefix("| one |"))
        }
        #expect(try query(["--format", "parquet", "SELECT 1"]).code == 2)
        #expect(try query(["-f", "/nowhere/x.sql"]).errors.contains("cannot read /nowhere/x.sql"))
    }

    @Test("a missing table is named with its neighbour")
    func missingTables() throws {
        let near = try query(["SELECT * FROM gold.revenu"])
        #expect(near.code == 1)
        #expect(near.errors.contains("there is no table gold.revenu"))
        #expect(near.errors.contains("did you mean gold.revenue?"))
        #expect(try query(["SELECT * FROM revenue"]).errors.contains("did you mean gold.revenue?"))
        #expect(try query(["SELECT * FROM golden.revenue"]).errors.contains("gold.revenue"))
        #expect(try query(["SELECT nope FROM gold.revenue"]).errors.contains("--> 1:8"))
    }

    @Test("nothing in a statement reaches a shell")
    func noShell() throws {
        let file = FileManager.default.temporaryDirectory.path + "/touched-\(UUID().uuidString)"
        for sql in [
            ".shell touch \(file)", "SELECT 1;\n.shell touch \(file)", "\n.system touch \(file)",
            "$(touch \(file))", "`touch \(file)`",
        ] {
            _ = try query([sql])
            #expect(!FileManager.default.fileExists(atPath: file), "\(sql)")
        }
    }

    @Test("without a lake, and without DuckDB, the error says what to do")
    func absent() throws {
        let captured = CapturedConsole(environment: ["PATH": "/nowhere"])
        let none = captured.console
        #expect(throws: (any Error).self) { try DuckDBProgram.find(none, checkout: "/nowhere") }
        let answer = try ProgramUnderTest.run(["query", "--lake", "/nowhere/lake", "SELECT 1"])
        #expect(answer.code == 1)
        #expect(answer.errors.contains("there is no lake at /nowhere/lake"))
    }
}
