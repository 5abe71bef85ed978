import Foundation
import Runtime
import Storage

@testable import TestRunner

/// ksqlDB's query tests, if they are there.
struct QueryTestCorpus {
    let tests: [TestCase]

    static var folder: String {
        let root =
            ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"].map { URL(fileURLWithPath: $0) }
            ?? package.deletingLastPathComponent().appendingPathComponent("shared/testdata")
        return root.appendingPathComponent("ksql-qtt").path
    }

    static var isThere: Bool { FileManager.default.fileExists(atPath: folder) }

    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func golden(_ name: String) -> URL {
        package.appendingPathComponent("Tests/TestRunnerTests/Golden").appendingPathComponent(name)
    }

    /// Golden files are written anew instead of compared.
    static var isUpdating: Bool { ProcessInfo.processInfo.environment["MILLRACE_UPDATE_GOLDEN"] == "1" }

    init() throws { tests = try TestFiles(fileSystem: LocalFileSystem()).tests(at: Self.folder) }

    static func report(_ tests: [TestCase], restartAfter: Int? = nil) -> TestReport {
        let threads = WorkerPool(threads: 2)
        defer { threads.stop() }
        return TestReport(running: tests, restartAfter: restartAfter, on: threads)
    }
}

extension TestCase {
    /// What golden files call it: folders would only repeat themselves.
    var shortID: String { "\(Path.name(of: file)): \(name)" }
}

extension TestResult {
    var shortID: String { "\(Path.name(of: file)): \(name)" }
}
