import Columnar
import Diagnostics
import Storage

/// One test of an SQL file: the statements behind `--@test: NAME`, up to the next one.
struct ScriptTest: Sendable {
    let file: String
    let path: String
    let name: String
    /// The whole file, with all but this test's lines empty: so that places are the file's.
    let text: String
    /// A class that the error must have, as ksqlDB names it.
    let expectedError: String?
    /// A part of the text that the error must have.
    let expectedMessage: String?
    /// What all rows see as the wall clock, milliseconds since the epoch.
    let clock: Int64
    /// Where RUN SCRIPT finds its files.
    let fileSystem: any FileSystem

    var expectsError: Bool { expectedError != nil || expectedMessage != nil }

    /// The tests of a file; none where it has no `--@test`.
    static func tests(
        of text: String, path: String, called file: String, in fileSystem: any FileSystem
    ) throws(Diagnostic) -> [ScriptTest] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let starts = lines.indices.filter { directive("test", lines[$0]) != nil }
        var tests: [ScriptTest] = []
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : lines.count
            tests.append(try test(lines, start..<end, path, file, fileSystem))
        }
        return tests
    }

    private static func test(
        _ lines: [Substring], _ range: Range<Int>, _ path: String, _ file: String,
        _ fileSystem: any FileSystem
    ) throws(Diagnostic) -> ScriptTest {
        func value(_ name: String) -> String? {
            lines[range].lazy.compactMap { directive(name, $0) }.first
        }
        for (offset, line) in lines[range].enumerated() {
            try refuseUnknown(line, path, at: range.lowerBound + offset)
        }
        var clock = MemoryPipeline.standardClock
        if let written = value("clock") {
            let instant = TimestampText.parse(written)
            guard let instant else {
                throw Diagnostic(
                    .invalidValue, "\(path): --@clock: \(written) is no time",
                    expected: "a time such as 2026-11-21T12:00:00Z")
            }
            clock = instant
        }
        let own = lines.enumerated().map { range.contains($0.offset) ? $0.element : "" }
        return ScriptTest(
            file: file, path: path, name: value("test") ?? "", text: own.joined(separator: "\n"),
            expectedError: value("expected.error"), expectedMessage: value("expected.message"), clock: clock,
            fileSystem: fileSystem)
    }

    private static let directives = ["test", "expected.error", "expected.message", "clock"]

    /// The text behind `--@name:`.
    private static func directive(_ name: String, _ line: Substring) -> String? {
        guard line.hasPrefix("--@\(name):") else { return nil }
        var value = line.dropFirst(name.count + 4).drop { $0 == " " }
        while let last = value.last, last.isWhitespace { value.removeLast() }
        return String(value)
    }

    private static func refuseUnknown(
        _ line: Substring, _ path: String, at index: Int
    ) throws(Diagnostic) {
        guard line.hasPrefix("--@"), !directives.contains(where: { directive($0, line) != nil }) else {
            return
        }
        let name = line.dropFirst(3).prefix { $0 != ":" }
        let suggestion = NearestName.suggestion(for: String(name), among: directives)
        throw Diagnostic(
            .unknownProperty, "\(path):\(index + 1): there is no directive --@\(name):",
            expected: directives.map { "--@\($0):" }.joined(separator: ", "),
            hint: suggestion.map { "did you mean --@\($0):?" })
    }
}
