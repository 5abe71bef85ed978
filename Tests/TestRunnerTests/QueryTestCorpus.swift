import Foundation
import Formats

/// ksqlDB's query tests, if they are there.
struct QueryTestCorpus {
    let tests: [QueryTest]

    static var folder: String {
        let root =
            ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"].map { URL(fileURLWithPath: $0) }
            ?? TestFiles.package.deletingLastPathComponent().appendingPathComponent("shared/testdata")
        return root.appendingPathComponent("ksql-qtt/query-validation-tests").path
    }

    static var isThere: Bool { FileManager.default.fileExists(atPath: folder) }

    init() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
            .filter { $0.hasSuffix(".json") }.sorted()
        tests = try files.flatMap { file -> [QueryTest] in
            let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.folder).appendingPathComponent(file))
            let json = try JSONValue(parsing: [UInt8](bytes), allowsComments: true)
            return (json["tests"]?.array ?? []).flatMap { QueryTest.runs(of: $0, file: file) }
        }
    }
}

/// Files of the package.
enum TestFiles {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func golden(_ name: String) -> URL {
        package.appendingPathComponent("Tests/RuntimeTests/Golden").appendingPathComponent(name)
    }

    /// Golden files are written anew instead of compared.
    static var isUpdating: Bool { ProcessInfo.processInfo.environment["MILLRACE_UPDATE_GOLDEN"] == "1" }
}
