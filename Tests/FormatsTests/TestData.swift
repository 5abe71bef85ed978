import Foundation

/// The folder of outside test data; nil when it is not there, and then tests that need it are skipped.
enum TestData {
    static let root: String? = {
        let given = ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"]
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let path = given ?? package.appendingPathComponent("../shared/testdata").standardized.path
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

    static let missing = "no test data: set MILLRACE_TESTDATA"

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: (root ?? "") + "/" + path)))
    }

    static func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: (root ?? "") + "/" + folder).sorted()
    }
}

/// How long the fuzz tests go on: MILLRACE_FUZZ_SEEDS, 8 if not set.
enum Fuzz {
    static let seeds =
        ProcessInfo.processInfo.environment["MILLRACE_FUZZ_SEEDS"].flatMap { UInt64($0) } ?? 8
}
