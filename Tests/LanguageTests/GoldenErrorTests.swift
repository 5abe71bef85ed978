import Diagnostics
import Foundation
import Language
import Testing

/// Files in `Golden` hold cases: a line `=== title`, a script, a line `---`, the rendered error.
///
/// With MILLRACE_UPDATE_GOLDEN=1 the errors are written anew; read the difference before committing it.
@Suite("Golden errors")
struct GoldenErrorTests {
    private struct Case {
        let title: String
        let script: String
        let expected: String

        var actual: String {
            var reader = ScriptReader(script, file: "shop.sql", overrides: ["lake": "data"])
            do {
                _ = try reader.rest()
                return "no error"
            } catch {
                return error.rendered()
            }
        }

        var text: String { "=== \(title)\n\(script)\n---\n\(actual)\n" }
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    static let files = ["queries.txt", "expressions.txt", "creates.txt", "statements.txt", "scripts.txt"]

    @Test("read as written down", arguments: files)
    func errors(file: String) throws {
        let url = Self.folder.appendingPathComponent(file)
        let cases = try Self.cases(in: String(contentsOf: url, encoding: .utf8))
        #expect(cases.count >= 5)
        for testCase in cases where testCase.actual != testCase.expected {
            Issue.record("\(file), \(testCase.title):\n\(testCase.actual)\ninstead of:\n\(testCase.expected)")
        }
        if ProcessInfo.processInfo.environment["MILLRACE_UPDATE_GOLDEN"] == "1" {
            try cases.map(\.text).joined(separator: "\n").write(to: url, atomically: true, encoding: .utf8)
        }
    }

    private static func cases(in text: String) -> [Case] {
        text.components(separatedBy: "=== ").dropFirst().map { block in
            let parts = block.components(separatedBy: "\n---")
            let head = parts[0].components(separatedBy: "\n")
            let expected = parts.count > 1 ? parts[1].trimmingCharacters(in: .newlines) : ""
            let script = head.dropFirst().joined(separator: "\n").trimmingCharacters(in: .newlines)
            return Case(title: head[0], script: script, expected: expected)
        }
    }
}
