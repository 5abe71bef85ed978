import Foundation
import Storage
import Testing

@testable import TestRunner

/// Tests that come with pipelines, examples and documentation pass, also with a restart after each record.
@Suite struct PipelineTests {
    private static func tests(_ folder: String) throws -> [TestCase] {
        try TestFiles(fileSystem: LocalFileSystem())
            .tests(at: QueryTestCorpus.package.appendingPathComponent(folder).path)
    }

    @Test(arguments: [
        "pipelines/medallion/tests", "pipelines/csv-to-postgres/tests", "pipelines/sessions/tests",
        "pipelines/shopsight/tests",
        "examples",
    ])
    func ownTestsPass(folder: String) throws {
        let tests = try Self.tests(folder)
        #expect(tests.count >= 3)
        for restart in [nil, 1] {
            for result in QueryTestCorpus.report(tests, restartAfter: restart).results
            where result.verdict.outcome != .passed {
                Issue.record("\(result.id), restart \(restart ?? 0): \(result.verdict.detail)")
            }
        }
    }

    @Test func eachPipelineHasTests() throws {
        for folder in ["pipelines", "examples"] {
            let path = QueryTestCorpus.package.appendingPathComponent(folder).path
            for name in try FileManager.default.contentsOfDirectory(atPath: path)
            where FileManager.default.fileExists(atPath: "\(path)/\(name)/\(name).sql") {
                #expect(try !Self.tests("\(folder)/\(name)/tests").isEmpty, "\(name) has no tests")
            }
        }
    }

    @Test func testsInTheDocumentationPass() throws {
        let page = QueryTestCorpus.package.appendingPathComponent("docs/sql/testing.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let blocks = text.components(separatedBy: "```sql\n").dropFirst()
            .compactMap { $0.components(separatedBy: "\n```").first }
        #expect(blocks.count >= 2)
        for block in blocks {
            let verdicts = try verdicts(block)
            #expect(verdicts.map(\.outcome) == [.passed], "\(verdicts.first?.detail ?? "no test"): \(block)")
        }
    }
}

/// What comes of the tests in the text of an SQL file.
func verdicts(_ text: String, restartAfter: Int? = nil) throws -> [TestVerdict] {
    try ScriptTest.tests(of: text, path: "tests/here.sql", called: "here.sql", in: SimulatedFileSystem())
        .map { ScriptTestRun.verdict(of: $0, restartAfter: restartAfter) }
}
