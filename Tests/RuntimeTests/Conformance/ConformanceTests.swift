import Foundation
import Testing

@Suite struct ConformanceTests {
    /// `file: name` of each test that must pass, one a line.
    private static let expectations = TestFiles.golden("ksql-passing.txt")

    @Test(.enabled(if: QueryTestCorpus.isThere, "the query tests are not there: set MILLRACE_TESTDATA"))
    func queryTestsGiveWhatTheyGaveBefore() throws {
        let tests = try QueryTestCorpus().tests
        var passed: [String] = []
        var failed: [(id: String, reason: String)] = []
        var outOfScope: [String: [String]] = [:]
        for test in tests {
            switch QueryTestRun(test: test).verdict() {
            case .passed: passed.append(test.id)
            case .failed(let reason): failed.append((test.id, reason))
            case .outOfScope(let reason): outOfScope[reason, default: []].append(test.id)
            }
        }
        report(tests.count, passed, failed, outOfScope)
        if TestFiles.isUpdating {
            try (passed.sorted().joined(separator: "\n") + "\n").write(
                to: Self.expectations, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: Self.expectations, encoding: .utf8).split(separator: "\n").map(String.init)
        let now = Set(passed)
        let reasons = Dictionary(failed.map { ($0.id, $0.reason) }, uniquingKeysWith: { first, _ in first })
        for id in expected where !now.contains(id) {
            Issue.record("\(id) passed before: \(reasons[id] ?? "now out of scope")")
        }
    }

    private func report(
        _ count: Int, _ passed: [String], _ failed: [(id: String, reason: String)],
        _ outOfScope: [String: [String]]
    ) {
        let left = outOfScope.values.reduce(0) { $0 + $1.count }
        print("ksql query tests: \(count) runs, \(passed.count) passed, \(failed.count) failed, "
            + "\(left) not in this version")
        guard let path = ProcessInfo.processInfo.environment["MILLRACE_CONFORMANCE_REPORT"] else { return }
        var lines = failed.map { "FAILED \($0.id): \($0.reason)" }
        for (reason, ids) in outOfScope.sorted(by: { $0.value.count > $1.value.count }) {
            lines.append("NOT IN THIS VERSION (\(ids.count)): \(reason)")
        }
        lines += passed.map { "PASSED \($0)" }
        try? lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
}
