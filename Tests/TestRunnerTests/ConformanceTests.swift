import Foundation
import TestKit
import Testing

@testable import TestRunner

@Suite(.enabled(if: QueryTestCorpus.isThere, "the query tests are not there: set MILLRACE_TESTDATA"))
struct ConformanceTests {
    /// `file: name` of each test that must pass, one a line.
    private static let expectations = QueryTestCorpus.golden("ksql-passing.txt")

    /// Tests of what this version has that go another way on purpose: `file: name | reason`, one a line.
    private static var differences: Set<String> {
        get throws {
            let lines = try String(
                contentsOf: QueryTestCorpus.golden("ksql-differences.txt"), encoding: .utf8)
            return Set(
                lines.split(separator: "\n")
                    .compactMap { $0.split(separator: "|").first?.trimmingCharacters(in: .whitespaces) })
        }
    }

    private static var expected: Set<String> {
        get throws {
            Set(try String(contentsOf: expectations, encoding: .utf8).split(separator: "\n").map(String.init))
        }
    }

    /// The page says what passes and what does not, and is written by the runner.
    private static let page = QueryTestCorpus.package.appendingPathComponent("docs/sql/compatibility.md")
    private static let mark = "<!-- Below: millrace test --report markdown ../shared/testdata/ksql-qtt -->\n"

    @Test func queryTestsGiveWhatTheyGaveBefore() throws {
        let report = QueryTestCorpus.report(try QueryTestCorpus().tests)
        print(report.lines(comparesTexts: true).suffix(2).joined(separator: "; "))
        if let path = ProcessInfo.processInfo.environment["MILLRACE_CONFORMANCE_REPORT"] {
            let text = report.lines(comparesTexts: true).joined(separator: "\n") + "\n"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let now = Set(report.results.filter { $0.verdict.outcome == .passed }.map(\.shortID))
        if QueryTestCorpus.isUpdating {
            try (now.sorted().joined(separator: "\n") + "\n").write(
                to: Self.expectations, atomically: true, encoding: .utf8)
        }
        let reasons = Dictionary(
            report.results.map { ($0.shortID, "\($0.verdict.cause) \($0.verdict.detail)") },
            uniquingKeysWith: { first, _ in first })
        for id in try Self.expected.subtracting(now).sorted() {
            Issue.record("\(id) passed before: \(reasons[id] ?? "gone")")
        }
        // What is wrong must be known; what is lacking is in the page.
        let wrong = report.results.filter { $0.verdict.outcome == .failed && !$0.isForLack }.map(\.shortID)
        for id in Set(wrong).symmetricDifference(try Self.differences).sorted() {
            Issue.record("\(id) is in ksql-differences.txt or fails, not both: \(reasons[id] ?? "gone")")
        }
        try comparePage(report)
    }

    private func comparePage(_ report: TestReport) throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let head = try #require(text.range(of: Self.mark), "the page has no mark")
        let written = text[..<head.upperBound] + "\n" + report.markdown.joined(separator: "\n") + "\n"
        if QueryTestCorpus.isUpdating {
            try written.write(to: Self.page, atomically: true, encoding: .utf8)
        } else {
            #expect(text == written, "docs/sql/compatibility.md is stale: MILLRACE_UPDATE_GOLDEN=1")
        }
    }

    /// State, positions and watermarks survive between any two records.
    @Test func queryTestsPassWithARestartAfterEachRecord() throws {
        let expected = try Self.expected
        let tests = try QueryTestCorpus().tests.filter { expected.contains($0.shortID) }
        for result in QueryTestCorpus.report(tests, restartAfter: 1).results
        where result.verdict.outcome != .passed {
            Issue.record("\(result.id): \(result.verdict.detail)")
        }
    }

    /// The runner must be able to fail.
    @Test func changedExpectationsFail() throws {
        let expected = try Self.expected
        let tests = try QueryTestCorpus().tests.compactMap { test -> QueryTest? in
            guard case .query(let query) = test.kind, expected.contains(test.shortID) else { return nil }
            return query.outputs.isEmpty ? nil : query
        }
        let isFull = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"
        let mutations = (1...(isFull ? 1000 : 50)).map { seed in
            var random = SeededGenerator(seed: UInt64(seed))
            return OutputMutation.random(of: random.pick(tests), using: &random)
        }
        let report = QueryTestCorpus.report(mutations.map { TestCase(kind: .query($0.test)) })
        for (seed, (mutation, result)) in zip(mutations, report.results).enumerated() {
            #expect(
                result.verdict.outcome == .failed,
                "seed \(seed + 1): \(result.id) passes although \(mutation.what)")
        }
        #expect(report.results.count == mutations.count)
    }
}

extension TestResult {
    /// Whether it fails for something that is not there yet.
    fileprivate var isForLack: Bool {
        verdict.cause.hasPrefix("not supported") || verdict.cause == "unknown function"
    }
}
