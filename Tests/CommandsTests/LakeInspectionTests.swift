import Foundation
import Storage
import Testing

@testable import Commands

@Suite(
    "Inspections of tables",
    .enabled(if: Workplace.hasPython, "no Python with delta-rs: scripts/setup --tests"))
struct LakeInspectionTests {
    private static let lake: Result<String, any Error> = Result {
        let path = FileManager.default.temporaryDirectory.path + "/lake-\(UUID().uuidString)"
        try Workplace(path: path).python("make_lake.py", [path])
        return path
    }

    private func inspect(_ words: [String]) -> (code: ExitCode, output: String, errors: String) {
        let captured = CapturedConsole()
        let code = captured.run(["inspect"] + words)
        return (code, captured.output, captured.errors)
    }

    @Test("a table tells its schema, partitions, versions and size")
    func table() throws {
        let lake = try Self.lake.get()
        let revenue = inspect(["table", lake + "/gold/revenue"])
        #expect(revenue.code == .done, "\(revenue.errors)")
        #expect(revenue.output.contains("version 1"))
        #expect(revenue.output.contains("3 rows, 2 files"))
        #expect(revenue.output.contains("total_revenue  decimal(18,2)"))
        #expect(revenue.output.contains("WRITE"))
        let events = inspect(["table", lake + "/silver/events"]).output
        #expect(events.contains("partitioned by event_date, kind: 4 partitions"))
        let one = inspect(["table", lake + "/gold/revenue", "--limit", "1"]).output
        #expect(one.contains("older ones"))
        let none = inspect(["table", lake + "/gold"])
        #expect(none.code == .failed)
        #expect(none.errors.contains("there is no Delta table"))
    }

    @Test("a lake lists its tables and balances its books")
    func lake() throws {
        let lake = try Self.lake.get()
        let found = inspect(["lake", lake])
        #expect(found.code == .done, "\(found.errors) \(found.output)")
        #expect(found.output.contains("gold.revenue"))
        #expect(
            found.output.contains(
                "PASS  books: bronze 10 = silver 5 + duplicates 2 + late 1 + dead letters 2"))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(inspect(["lake", lake, "--json"]).output.utf8))
                as? [String: Any])
        #expect((object["books"] as? [String: Int])?["difference"] == 0)
        #expect((object["tables"] as? [Any])?.count == 6)
        #expect(inspect(["lake", lake + "/raw"]).errors.contains("there is no table"))
    }

    @Test("books that do not balance fail, by how much")
    func unbalanced() {
        let books = LakeBooks(bronze: 10, silver: 5, duplicates: 1, late: 1, deadLetters: 2)
        #expect(books.check.verdict == .fail)
        #expect(
            books.check.text.hasSuffix(
                "bronze 10 ≠ 9 = silver 5 + duplicates 1 + late 1 + dead letters 2; 1 missing behind bronze"))
        #expect(
            LakeBooks(bronze: 1, silver: 2, duplicates: 0, late: 0, deadLetters: 0).check.text.contains(
                "1 more than bronze has"))
    }

    @Test("a table of dead letters is counted by the word before its reasons")
    func deadLetters() throws {
        let found = inspect(["dead-letters", try Self.lake.get() + "/bronze/dead_letters"])
        #expect(found.output.contains("2 dead letters in 1 file"))
        #expect(found.output.contains("bad_utf8            1  50.0 %"))
        #expect(found.output.contains("raw/events_1.json:120"))
        #expect(found.output.contains("from 2026-11-20T12:01:00.000Z to 2026-11-20T12:02:00.000Z"))
        let other = inspect(["dead-letters", try Self.lake.get() + "/gold/revenue"])
        #expect(other.errors.contains("holds no dead letters"))
    }
}
