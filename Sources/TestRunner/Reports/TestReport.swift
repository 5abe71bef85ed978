import Formats
import Runtime
import Synchronization

/// What came of many tests, in their order.
public struct TestReport: Sendable {
    public let results: [TestResult]

    public init(_ results: [TestResult]) { self.results = results }

    /// What is told of a test while it runs: its number, and what it is at.
    public enum Progress: Sendable {
        case begun(Int, TestActivity)
        case ended(Int)
    }

    /// Runs the tests, several at a time.
    ///
    /// - Parameters:
    ///   - restartAfter: see ``TestCase/verdict(restartAfter:)``.
    ///   - ended: verdicts of tests that have brought down a process, by number: they are not run.
    ///   - progress: called from any thread.
    public init(
        running tests: [TestCase], restartAfter: Int? = nil, ended: [Int: TestVerdict] = [:],
        on threads: WorkerPool,
        progress: @Sendable (Progress) -> Void = { _ in }
    ) {
        let verdicts = Mutex([TestVerdict?](repeating: nil, count: tests.count))
        threads.forEach(tests.count) { index in
            let activity = TestActivity()
            progress(.begun(index, activity))
            let verdict = ended[index] ?? tests[index].verdict(restartAfter: restartAfter, activity: activity)
            verdicts.withLock { $0[index] = verdict }
            progress(.ended(index))
        }
        results = zip(tests, verdicts.withLock { $0 }).compactMap { test, verdict in
            verdict.map { TestResult(file: test.file, name: test.name, verdict: $0) }
        }
    }

    public func count(_ outcome: TestVerdict.Outcome) -> Int {
        results.count { $0.verdict.outcome == outcome }
    }

    /// Those that passed or failed.
    public var countInScope: Int { count(.passed) + count(.failed) }

    public var hasFailures: Bool { results.contains { $0.verdict.outcome == .failed } }

    /// Tests of one outcome by their cause, the most common first.
    public func causes(of outcome: TestVerdict.Outcome) -> [(cause: String, results: [TestResult])] {
        Dictionary(grouping: results.filter { $0.verdict.outcome == outcome }, by: \.verdict.cause)
            .sorted { (-$0.value.count, $0.key) < (-$1.value.count, $1.key) }
            .map { ($0.key, $0.value) }
    }

    // MARK: Error texts

    /// Tests that expect an error and passed, and those of them whose error has the expected text.
    public var errorTexts: (count: Int, same: Int) {
        let known = results.compactMap(\.verdict.isSameText)
        return (known.count, known.count { $0 })
    }
}
