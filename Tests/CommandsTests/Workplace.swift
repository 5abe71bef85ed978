import Foundation
import Testing

/// A new directory that is removed after the test, and the tools that the tests share.
struct Workplace {
    let path: String

    /// Calls `body` with a new directory.
    static func with<Result>(_ body: (Workplace) throws -> Result) throws -> Result {
        let path = FileManager.default.temporaryDirectory.path + "/commands-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(Workplace(path: path))
    }

    func write(_ text: String, to name: String) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static let python = root + "/.deps/venv/bin/python"

    static var hasPython: Bool { FileManager.default.isExecutableFile(atPath: python) }

    /// Where the tests' DuckDB is, as PATH.
    static let toolPath =
        root + "/.deps/bin:" + root + "/.deps/venv/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "")

    struct PythonFailure: Error {
        let text: String
    }

    /// Runs a Python program of this folder with the arguments.
    func python(_ file: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Workplace.python)
        process.arguments = [Workplace.root + "/Tests/CommandsTests/" + file] + arguments
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // Not `#require`: of several tests that share what is made here, each is to fail.
        guard process.terminationStatus == 0 else {
            throw PythonFailure(text: String(decoding: said, as: UTF8.self))
        }
    }
}
