import Foundation
import Storage
import Testing

@testable import Commands

@Suite("Inspections")
struct InspectTests {
    private func event(
        _ id: String, _ type: String = "page_view", user: String = "u1", session: String = "s1",
        product: String? = "p1", time: String = "2026-11-20T12:00:00.000Z", extra: String = ""
    ) -> String {
        let product = product.map { "\"product_id\":\"\($0)\"," } ?? ""
        return "{\"event_id\":\"\(id)\",\"event_type\":\"\(type)\",\"user_id\":\"\(user)\","
            + "\"session_id\":\"\(session)\",\(product)\"timestamp\":\"\(time)\"\(extra)}\n"
    }

    private func inspect(_ words: [String]) throws -> (code: ExitCode, output: String, errors: String) {
        let captured = CapturedConsole()
        let code = captured.run(["inspect"] + words)
        return (code, captured.output, captured.errors)
    }

    @Test("events are counted by type, repeats and faults by reason")
    func events() throws {
        try Workplace.with { place in
            let good =
                event("1") + event("2", "purchase", user: "u2", session: "s2", extra: ",\"price\":9.5")
                + event("3", "search", product: nil) + event("3", "search", product: nil)
            let bad =
                event("4", product: nil) + event("5", time: "2026-02-30T12:00:00Z")
                + event("6", extra: ",\"price\":-1") + event("7", extra: ",\"price\":\"dear\"")
                + "{\"event_id\":\n"
                + event("", "page_view") + event("8", "heartbeat")
            try place.write(good, to: "raw/events_1.json")
            try place.write(bad, to: "raw/events_2.json")
            let found = try inspect(["events", place.path + "/raw", "--json"])
            #expect(found.code == .done)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any])
            #expect(object["lines"] as? Int == 11)
            #expect(object["events"] as? Int == 3)
            #expect(object["duplicates"] as? Int == 1)
            #expect(object["by_type"] as? [String: Int] == ["page_view": 1, "purchase": 1, "search": 2])
            #expect(
                object["malformed_by_reason"] as? [String: Int] == [
                    "missing_product_id": 1, "bad_time": 1, "negative_price": 1, "wrong_type": 1,
                    "malformed_json": 1,
                    "missing_event_id": 1, "unknown_event_type": 1,
                ])
            let text = try inspect(["events", place.path + "/raw"]).output
            #expect(text.contains("WARN  malformed lines: 63.6 %, at most 5.0 %"))
            #expect(text.contains("PASS  events out of order"))
            #expect(
                try inspect(["events", place.path + "/raw", "--max-malformed", "0.7"]).output.contains(
                    "PASS  malformed lines: 63.6 %, at most 70.0 %"))
        }
    }

    @Test("late events, time and the spread over users are told")
    func spread() throws {
        try Workplace.with { place in
            var lines = ""
            for number in 0..<50 {
                let minute = String(format: "%02d", number)
                lines += event(
                    "a\(number)", user: "bot_1", session: "s\(number)", time: "2026-11-20T12:\(minute):00Z")
            }
            lines += event("b", user: "u1", time: "2026-11-20T12:00:30Z")
            try place.write(lines, to: "raw.json")
            let text = try inspect(["events", place.path + "/raw.json"]).output
            #expect(text.contains("2026-11-20 12:00:00Z to 2026-11-20 12:49:00Z, 49m 00s"))
            #expect(text.contains("1 out of order, by up to 48m 30s"))
            #expect(text.contains("most active users: bot_1 50, u1 1"))
            #expect(text.contains("WARN  events come at most 48m 30s behind"))
            #expect(text.contains("50 events are of users called bot_…"))
        }
    }

    @Test(
        "what the simulator says it made is what is found",
        arguments: ["medallion", "shopsight", "sessions", "csv"])
    func simulated(profile: String) throws {
        try Workplace.with { place in
            let simulation = CapturedConsole()
            let code = simulation.run([
                "simulate", "shop", "--profile", profile, "--to", place.path + "/raw", "--events", "5000",
                "--duplicates",
                "0.03", "--late", "0.02", "--malformed", "0.02", "--bots", "3", "--json", "--seed", "11",
            ])
            #expect(code == .done, "\(simulation.errors)")
            let made = try #require(
                try JSONSerialization.jsonObject(with: Data(simulation.output.utf8)) as? [String: Any])
            let inspection = try inspect(["events", place.path + "/raw", "--json"])
            let found = try #require(
                try JSONSerialization.jsonObject(with: Data(inspection.output.utf8)) as? [String: Any])
            for key in ["lines", "events", "duplicates", "malformed", "bytes", "files", "bot_events"]
            where key != "bytes" || profile != "csv" {
                #expect(found[key] as? Int == made[key] as? Int, "\(profile) \(key)")
            }
            #expect(found["first_event_time"] as? String == made["first_event_time"] as? String)
        }
    }

    @Test("a place without events is an error with a next step")
    func noEvents() throws {
        try Workplace.with { place in
            let found = try inspect(["events", place.path])
            #expect(found.code == .failed)
            #expect(found.errors.contains("there are no events"))
            #expect(try inspect(["events", place.path + "/none"]).code == .failed)
        }
    }

    @Test("dead-letter files are counted by code, with examples")
    func deadLetters() throws {
        try Workplace.with { place in
            let letters = [
                #"{"source":"raw/a.json","partition":0,"offset":12,"code":"malformed_json","#
                    + #""reason":"ends too early","time":"2026-11-20T12:00:00Z","raw":"{\"a\":"}"#,
                #"{"source":"raw/a.json","partition":0,"offset":99,"code":"bad_utf8","reason":"byte 3","#
                    + #""time":"2026-11-20T12:05:00Z","raw_base64":"e/8="}"#,
                #"{"source":"raw/b.json","offset":1,"code":"malformed_json","raw":"\u001b[2J"}"#,
                "not a letter",
            ]
            try place.write(letters.joined(separator: "\n"), to: "dead/part-1.jsonl")
            let found = try inspect(["dead-letters", place.path + "/dead"])
            #expect(found.code == .done, "\(found.errors)")
            #expect(found.output.contains("3 dead letters in 1 file"))
            #expect(found.output.contains("malformed_json      2  66.7 %"))
            #expect(found.output.contains("from 2026-11-20T12:00:00Z to 2026-11-20T12:05:00Z"))
            #expect(found.output.contains("1 line that cannot be read"))
            #expect(found.output.contains("raw/a.json:12"))
            #expect(!found.output.contains("\u{1B}"), "control characters of data reach no terminal")
            let object = try #require(
                try JSONSerialization.jsonObject(
                    with: Data(try inspect(["dead-letters", place.path + "/dead", "--json"]).output.utf8))
                    as? [String: Any])
            #expect(object["by_reason"] as? [String: Int] == ["malformed_json": 2, "bad_utf8": 1])
        }
    }

    @Test("a state directory tells its instance and epochs")
    func checkpoint() throws {
        try Workplace.with { place in
            try place.write("a1b2c3\n", to: "state/instance")
            for epoch in [3, 4, 11] {
                try place.write("12345", to: "state/log/" + String(format: "%020d", epoch) + ".wal")
            }
            try place.write("x", to: "state/log/note.txt")
            try place.write(String(repeating: "x", count: 100), to: "state/store/segment-1")
            let found = try inspect(["checkpoint", place.path + "/state"])
            #expect(found.output.contains("instance: a1b2c3"))
            #expect(found.output.contains("done up to epoch 2; 3 had hardly begun; 4 had hardly begun; 11"))
            #expect(found.output.contains("11  torn      -"))
            #expect(found.output.contains("6 files, 123 B"))
            #expect(found.output.contains("log: 4 files, 16 B"))
            #expect(found.output.contains("store: 1 file, 100 B"))
            #expect(
                try inspect(["checkpoint", place.path + "/state/"]).output.contains("store: 1 file, 100 B"))
            let none = try inspect(["checkpoint", place.path])
            #expect(none.code == .failed)
            #expect(none.errors.contains("is no state directory"))
        }
    }

    @Test("notes of the newest commit that has one are taken")
    func notes() throws {
        let commit =
            #"{"add":{"path":"millrace.parquet"}}"# + "\n"
            + #"{"commitInfo":{"operation":"STREAMING UPDATE","operationMetrics":"#
            + #"{"rows":"100","late":"3","duplicates":"5"}}}"# + "\n"
        let notes = SilverNotes.read(Array(commit.utf8))
        #expect(notes == SilverNotes(rows: 100, late: 3, duplicates: 5))
        #expect(
            SilverNotes.read(Array("{\"commitInfo\":{\"operationMetrics\":3}}\n\"duplicates\"".utf8)) == nil)
    }
}
