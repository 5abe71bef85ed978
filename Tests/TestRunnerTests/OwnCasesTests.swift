import Foundation
import Storage
import Testing

@testable import TestRunner

/// Cases of our own, in the formats that `millrace test` reads.
@Suite struct OwnCasesTests {
    private static let folder = QueryTestCorpus.package.appendingPathComponent("Tests/TestRunnerTests/Cases")
        .path

    @Test(arguments: [nil, 1])
    func casesPass(restartAfter: Int?) throws {
        let tests = try TestFiles(fileSystem: LocalFileSystem()).tests(at: Self.folder)
        #expect(tests.count > 10)
        for result in QueryTestCorpus.report(tests, restartAfter: restartAfter).results
        where result.verdict.outcome != .passed {
            Issue.record("\(result.id): \(result.verdict.cause): \(result.verdict.detail)")
        }
    }

    /// Headers and orders that are not as expected are found.
    @Test func headersAreCompared() throws {
        let tests = try TestFiles(fileSystem: LocalFileSystem()).tests(at: Self.folder)
        var count = 0
        for test in tests where test.file.hasSuffix("headers.json") {
            guard case .query(let query) = test.kind else { continue }
            let bare = query.outputs.map { record in
                QueryTest.Record(
                    topic: record.topic, key: record.key, value: record.value, timestamp: record.timestamp,
                    window: record.window, headers: [])
            }
            #expect(QueryTestRun.verdict(of: query.with(outputs: bare)).cause == "other headers")
            count += 1
        }
        #expect(count > 3)
    }
}
