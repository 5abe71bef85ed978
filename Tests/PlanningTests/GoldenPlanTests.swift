import Diagnostics
import Foundation
import Language
import Planning
import Registry
import Testing

/// Files in `Golden` hold cases: a line `=== title`, a script, a line `---`, then the plans of its queries or
/// the rendered error. A file may begin with a line `=== setup` and a script that stands before all others.
///
/// With MILLRACE_UPDATE_GOLDEN=1 the results are written anew; read the difference before committing it.
@Suite("Golden plans") struct GoldenPlanTests {
    private struct Case {
        let title: String
        let script: String
        let expected: String

        func text(_ actual: String) -> String { "=== \(title)\n\(script)\n---\n\(actual)\n" }
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    static let files = [
        "plans.txt", "names.txt", "types.txt", "groups.txt", "joins.txt", "sources.txt", "sinks.txt",
        "schemas.txt", "statements.txt",
    ]

    @Test("read as written down", arguments: files)
    func results(file: String) throws {
        let url = Self.folder.appendingPathComponent(file)
        var cases = try Self.cases(in: String(contentsOf: url, encoding: .utf8))
        var setup = ""
        var header = ""
        if let first = cases.first, first.title == "setup" {
            setup = first.script
            header = "=== setup\n\(setup)\n\n"
            cases.removeFirst()
        }
        #expect(cases.count >= 4)
        let actual = cases.map { Self.result($0.script, setup: setup) }
        for (testCase, actual) in zip(cases, actual) where testCase.expected != actual {
            Issue.record("\(file), \(testCase.title):\n\(actual)\ninstead of:\n\(testCase.expected)")
        }
        if ProcessInfo.processInfo.environment["MILLRACE_UPDATE_GOLDEN"] == "1" {
            let text = zip(cases, actual).map { $0.text($1) }.joined(separator: "\n")
            try (header + text).write(to: url, atomically: true, encoding: .utf8)
        }
    }

    private static func result(_ script: String, setup: String) -> String {
        do throws(Diagnostic) {
            var planner = PipelinePlanner(registry: try registry())
            try add(setup, to: &planner)
            let before = planner.plan.queries.count
            try add(script, to: &planner)
            let made = planner.plan.queries.dropFirst(before).map(\.explanation) + planner.answers
            return made.isEmpty ? "planned" : made.joined(separator: "\n")
        } catch {
            return error.rendered()
        }
    }

    /// With a few schemas: 1 and 2 of clicks, 3 of odd, 4 of bare, 5 of documents.
    private static func registry() throws(Diagnostic) -> SchemaRegistry {
        let registry = SchemaRegistry()
        try registry.register(#""long""#, subject: "clicks-key")
        try registry.register(
            #"""
            {"type": "record", "name": "Click", "fields": [{"name": "page", "type": "string"},
            {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "ship", "type": ["null", {"type": "record", "name": "Ship", "fields": [
            {"name": "city", "type": "string"}]}]}]}
            """#, subject: "clicks-value")
        try registry.register(
            #"""
            {"type": "record", "name": "Odd", "fields": [{"name": "x", "type": ["int", "string"]}]}
            """#, subject: "odd-value")
        try registry.register(#""int""#, subject: "bare-value")
        try registry.register(
            #"{"type": "object", "properties": {"b": {"type": "number"}, "a": {"type": "integer"}}}"#,
            type: .json, subject: "documents-value")
        return registry
    }

    private static func add(_ script: String, to planner: inout PipelinePlanner) throws(Diagnostic) {
        var reader = ScriptReader(script, file: "shop.sql")
        while let statement = try reader.next() { try planner.add(statement) }
    }

    private static func cases(in text: String) -> [Case] {
        ("\n" + text).components(separatedBy: "\n=== ").dropFirst().map { block in
            let parts = block.components(separatedBy: "\n---")
            let head = parts[0].components(separatedBy: "\n")
            let expected = parts.count > 1 ? parts[1].trimmingCharacters(in: .newlines) : ""
            let script = head.dropFirst().joined(separator: "\n").trimmingCharacters(in: .newlines)
            return Case(title: head[0], script: script, expected: expected)
        }
    }
}
