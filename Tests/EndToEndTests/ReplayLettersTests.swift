import Foundation
import Testing

/// Records that were set aside come back once the schema is mended, in their places: with
/// `on_error = 'dead_letter'` bronze does not have them, their files do.
@Suite(.enabled(if: Place.canCheck, "\(Place.checkersAreMissing)"))
struct ReplayLettersTests {
    private static func statements(amount: String, format: String, raw: String, lake: String) -> String {
        """
        CREATE STREAM payments (id STRING, amount \(amount), made STRING) WITH (
          connector = 'files', path = '\(raw)', value_format = '\(format)', timestamp = 'made',
          watermark_delay = '1 hour');
        CREATE STREAM kept AS SELECT
          ROWRAW AS record, ROWOFFSET AS place, ROWSOURCE AS file, UNIX_TIMESTAMP() AS clock FROM payments;
        CREATE STREAM paid AS SELECT id, amount, FROM_UNIXTIME(ROWTIME) AS made FROM payments
          DEDUPLICATE BY id WITHIN 1 HOUR;
        CREATE TABLE sums AS SELECT id, SUM(amount) AS total, COUNT(*) AS payments FROM payments
          WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 0 SECONDS) GROUP BY id EMIT CHANGES;
        CREATE SINK CONNECTOR kept_lake WITH (
          'connector.class' = 'delta', 'from' = 'kept', 'path' = '\(lake)/raw/payments');
        CREATE SINK CONNECTOR paid_lake WITH (
          'connector.class' = 'delta', 'from' = 'paid', 'path' = '\(lake)/silver/paid');
        CREATE SINK CONNECTOR sums_lake WITH (
          'connector.class' = 'delta', 'from' = 'sums', 'path' = '\(lake)/gold/sums');

        """
    }

    private struct Pipeline {
        let folder: String
        let name: String
        let format: String
        var raw: String { folder + "/raw" }
        var lake: String { folder + "/" + name }
        var state: String { folder + "/state-" + name }

        func run(_ verb: String, amount: String, _ flags: [String]) throws {
            let file = folder + "/" + name + ".sql"
            let text = ReplayLettersTests.statements(amount: amount, format: format, raw: raw, lake: lake)
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            let words = [Place.program, verb, file, "--state", state] + flags
            let ended = try RunningProgram(words).wait()
            guard ended.exitCode == 0 else { throw RunningProgram.Failure(description: ended.errors) }
        }

        /// Places and bytes of all records that are set aside.
        func letters() throws -> [String] {
            let folder = state + "/dead-letters"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return try names.flatMap { name in
                try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n").map {
                    let value = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                    return "\(value?["offset"] ?? "-") \(value?["code"] ?? "-") \(value?["raw"] ?? "-")"
                }
            }.sorted()
        }
    }

    /// Every third amount has a fraction, every tenth is none; ids repeat, so that the first one counts.
    private func write(_ pipeline: Pipeline, file: Int) throws {
        var lines: [String] =
            pipeline.format == "CSV" ? [file % 2 == 0 ? "id,made,amount" : "made,amount,id"] : []
        for row in 0..<200 {
            let id = "p\((file * 57 + row) % 150)"
            let amount = row % 10 == 9 ? "much" : row % 3 == 0 ? "\(row).5" : "\(row)"
            let made = String(format: "2026-11-20T10:%02d:%02dZ", file * 5 + row / 60, row % 60)
            switch (pipeline.format, file % 2) {
            case ("CSV", 0): lines.append("\(id),\(made),\(amount)")
            case ("CSV", _): lines.append("\(made),\(amount),\(id)")
            default: lines.append("{\"id\":\"\(id)\",\"amount\":\"\(amount)\",\"made\":\"\(made)\"}")
            }
        }
        let name = "\(pipeline.raw)/\(file).\(pipeline.format.lowercased())"
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: name))
    }

    @Test(arguments: ["JSON", "CSV"]) func recordsThatWereSetAsideComeBackInTheirPlaces(format: String) throws
    {
        let folder = try Place.folder("letters")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let replayed = Pipeline(folder: folder, name: "replayed", format: format)
        try FileManager.default.createDirectory(atPath: replayed.raw, withIntermediateDirectories: true)
        for file in 0..<4 {
            try write(replayed, file: file)
            if file != 1 { try replayed.run("run", amount: "INTEGER", ["--once", "--quiet"]) }
        }
        let before = try replayed.letters()
        try replayed.run("replay", amount: "DECIMAL(10, 2)", ["--from", "kept"])
        let after = try replayed.letters()
        #expect(before.count > after.count && after.count == 80)
        for file in 4..<6 {
            try write(replayed, file: file)
            try replayed.run("run", amount: "DECIMAL(10, 2)", ["--once", "--quiet"])
        }

        let fresh = Pipeline(folder: folder, name: "fresh", format: format)
        try fresh.run("run", amount: "DECIMAL(10, 2)", ["--once", "--quiet"])
        #expect(try replayed.letters() == fresh.letters())
        for table in ["silver/paid", "gold/sums"] {
            try Oracle.expectEqual("\(replayed.lake)/\(table)", "\(fresh.lake)/\(table)", table)
        }
        // What is set aside anew, with narrower amounts again, is not lost either.
        try replayed.run("replay", amount: "INTEGER", ["--from", "kept"])
        let narrow = Pipeline(folder: folder, name: "narrow", format: format)
        try narrow.run("run", amount: "INTEGER", ["--once", "--quiet"])
        #expect(try replayed.letters() == narrow.letters())
        for table in ["silver/paid", "gold/sums"] {
            try Oracle.expectEqual("\(replayed.lake)/\(table)", "\(narrow.lake)/\(table)", table)
        }
    }
}
