import Foundation
import Testing

@testable import Commands

/// Files in `Golden` hold cases: a line `=== title`, a command line, a line `---`, its output, errors and
/// exit code.
///
/// With MILLRACE_UPDATE_GOLDEN=1 what follows `---` is written anew; read the difference before committing
/// it.
@Suite("Golden commands")
struct GoldenCommandTests {
    private struct Case {
        let title: String
        let line: String
        let expected: String

        /// `NAME=value` in front are environment variables.
        var actual: String {
            var words = GoldenCommandTests.words(of: line)
            var environment: [String: String] = [:]
            while let word = words.first, word.hasPrefix("MILLRACE_"), let sign = word.firstIndex(of: "=") {
                environment[String(word[..<sign])] = String(word[word.index(after: sign)...])
                words.removeFirst()
            }
            let captured = CapturedConsole(environment: environment)
            let code = captured.run(Array(words.dropFirst()))
            return captured.output + captured.errors + "[\(code.rawValue)]"
        }

        var text: String { "=== \(title)\n\(line)\n---\n\(actual)\n" }
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")

    @Test("read as written down", arguments: ["help.txt", "errors.txt"])
    func commands(file: String) throws {
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

    @Test("every command has help with an example that it understands itself")
    func examples() throws {
        let captured = CapturedConsole()
        #expect(captured.run(["help"]) == .done)
        for name in [
            "demo", "run", "serve", "sql", "broker", "simulate", "query", "inspect", "table", "test",
        ] {
            #expect(captured.output.contains("  \(name) "))
            let help = CapturedConsole()
            #expect(help.run([name, "--help"]) == .done)
            let examples = help.output.split(separator: "\n").filter { $0.hasPrefix("  millrace \(name)") }
            #expect(!examples.isEmpty)
            for example in examples {
                let words = Self.words(of: String(example).trimmingCharacters(in: .whitespaces))
                #expect(throws: Never.self) { try MillraceProgram.check(Array(words.dropFirst())) }
            }
        }
    }

    private static func cases(in text: String) -> [Case] {
        text.components(separatedBy: "=== ").dropFirst().map { block in
            let parts = block.components(separatedBy: "\n---\n")
            let head = parts[0].components(separatedBy: "\n")
            let expected = parts.count > 1 ? parts[1].trimmingCharacters(in: .newlines) : ""
            return Case(title: head[0], line: head.dropFirst().joined(separator: "\n"), expected: expected)
        }
    }

    /// Words between blanks; double quotes hold blanks together.
    private static func words(of line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        var isBegun = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
                isBegun = true
            } else if character == " ", !isQuoted {
                if isBegun || !word.isEmpty { words.append(word) }
                word = ""
                isBegun = false
            } else {
                word.append(character)
            }
        }
        return isBegun || !word.isEmpty ? words + [word] : words
    }
}
