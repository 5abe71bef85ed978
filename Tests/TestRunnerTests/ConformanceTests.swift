import Foundation
import TestKit
import Testing

@Suite(.enabled(if: QueryTestCorpus.isThere, "the query tests are not there: set MILLRACE_TESTDATA"))
struct ConformanceTests {
    /// `file: name` of each test that must pass, one a line.
    private static let expectations = TestFiles.golden("ksql-passing.txt")

    /// Tests of what this version has that go another way on purpose: `file: name | reason`, one a line.
    private static var differences: Set<String> {
        get throws {
            let lines = try String(contentsOf: TestFiles.golden("ksql-differences.txt"), encoding: .utf8)
                .split(separator: "\n")
            return Set(
                lines.compactMap { $0.split(separator: "|").first?.trimmingCharacters(in: .whitespaces) })
        }
    }

    private static var expected: Set<String> {
        get throws {
            Set(try String(contentsOf: expectations, encoding: .utf8).split(separator: "\n").map(String.init))
        }
    }

    @Test func queryTestsGiveWhatTheyGaveBefore() throws {
        var outcome = ConformanceOutcome()
        for test in try QueryTestCorpus().tests { outcome.add(test, QueryTestRun(test: test).verdict()) }
        print(outcome.summary)
        if let path = ProcessInfo.processInfo.environment["MILLRACE_CONFORMANCE_REPORT"] {
            try outcome.report.write(toFile: path, atomically: true, encoding: .utf8)
        }
        if TestFiles.isUpdating {
            try (outcome.passed.sorted().joined(separator: "\n") + "\n").write(
                to: Self.expectations, atomically: true, encoding: .utf8)
        }
        for id in Set(outcome.failures).symmetricDifference(try Self.differences).sorted() {
            Issue.record("\(id) is in ksql-differences.txt or fails, not both: \(outcome.reason(id))")
        }
        let now = Set(outcome.passed)
        for id in try Self.expected.subtracting(now).sorted() {
            Issue.record("\(id) passed before: \(outcome.reason(id))")
        }
    }

    /// State, positions and watermarks survive between any two records.
    @Test func queryTestsPassWithARestartAfterEachRecord() throws {
        let expected = try Self.expected
        var failures: [String] = []
        for test in try QueryTestCorpus().tests where expected.contains(test.id) {
            let verdict = QueryTestRun(test: test, restartAfter: 1).verdict()
            if verdict != .passed { failures.append("\(test.id): \(verdict)") }
        }
        for failure in failures { Issue.record("\(failure)") }
    }

    /// The runner must be able to fail.
    @Test func changedExpectationsFail() throws {
        let expected = try Self.expected
        let tests = try QueryTestCorpus().tests.filter { expected.contains($0.id) && !$0.outputs.isEmpty }
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            guard let test = tests.randomElement(using: &random) else { return }
            let mutation = OutputMutation.random(of: test, using: &random)
            let verdict = QueryTestRun(test: mutation.test).verdict()
            #expect(verdict != .passed, "seed \(seed): \(test.id) passes although \(mutation.what)")
        }
    }
}
