import Foundation
import Testing

/// What a person reads who has made a mistake: place, reason and a suggestion, on the error stream, with an
/// exit code.
///
/// `Golden/errors.txt` holds cases: a line `=== title`, `$ words` of the command, the statements of
/// `shop.sql`, a line
/// `---`, the exit code and what it prints. With MILLRACE_UPDATE_GOLDEN=1 that is written anew; read the
/// difference before committing it.
@Suite(.enabled(if: Place.hasProgram, "\(Place.programIsMissing)"))
struct ErrorTests {
    struct Case: CustomStringConvertible, Sendable {
        let title: String
        let command: String
        let script: String
        let expected: String

        var description: String { title }

        func text(_ actual: String) -> String { "=== \(title)\n$ \(command)\n\(script)---\n\(actual)\n" }
    }

    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/errors.txt")

    static let cases: [Case] = {
        let text = (try? String(contentsOf: golden, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "=== ").dropFirst().map { block in
            let parts = block.components(separatedBy: "---\n")
            var lines = parts[0].components(separatedBy: "\n")
            let title = lines.removeFirst()
            let command = String(lines.removeFirst().dropFirst(2))
            return Case(
                title: title, command: command, script: lines.joined(separator: "\n"),
                expected: parts.count > 1 ? parts[1].trimmingCharacters(in: .newlines) : "")
        }
    }()

    @Test func thereAreCases() { #expect(Self.cases.count >= 8) }

    @Test(arguments: cases) func anErrorReadsWell(testCase: Case) throws {
        let actual = try output(of: testCase)
        if ProcessInfo.processInfo.environment["MILLRACE_UPDATE_GOLDEN"] == "1" { return }
        #expect(actual == testCase.expected, "\(testCase.title)")
        // What was expected, or what to do; mostly both.
        #expect(actual.contains("  = next: ") || actual.contains("  = expected: "), "\(testCase.title)")
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["MILLRACE_UPDATE_GOLDEN"] == "1"))
    func theGoldenFileIsWrittenAnew() throws {
        let texts = try Self.cases.map { $0.text(try output(of: $0)) }
        try texts.joined(separator: "\n").write(to: Self.golden, atomically: true, encoding: .utf8)
    }

    /// Runs the case's command in a folder with its script and a few files.
    private func output(of testCase: Case) throws -> String {
        let folder = try Place.folder("error")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ text: String, _ name: String) throws {
            try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        }
        try FileManager.default.createDirectory(atPath: folder + "/raw", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder + "/csv", withIntermediateDirectories: true)
        try write("{\"id\":\"e1\",\"price\":1.5,\"at\":\"2026-11-18T12:00:00Z\"}\n", "raw/events.json")
        try write("id,price,when\n1,2.5,2026-11-18T12:00:00Z\n", "csv/events.csv")
        try write(testCase.script, "shop.sql")
        let words = testCase.command.split(separator: " ").map(String.init)
        let ended = try RunningProgram([Place.program] + words.dropFirst(), in: folder).wait()
        let code = ended.exitCode.map(String.init) ?? "signal"
        return "exit \(code)\n" + ended.errors.trimmingCharacters(in: .newlines)
    }
}
