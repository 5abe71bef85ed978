import Foundation
import Testing

/// The program as it was built beside the tests, run as a process.
enum ProgramUnderTest {
    /// `.build/debug/millrace` where the tests run from `.build/debug`.
    static var path: String {
        var folder =
            Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundlePath
            ?? CommandLine.arguments[0]
        folder = (folder as NSString).deletingLastPathComponent
        return folder + "/millrace"
    }

    static func start(_ words: [String], output: Pipe, errors: Pipe) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = words
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = Workplace.toolPath
        process.environment = environment
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return process
    }

    static func run(_ words: [String]) throws -> (code: Int32, output: String, errors: String) {
        let (output, errors) = (Pipe(), Pipe())
        let process = try start(words, output: output, errors: errors)
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: said, as: UTF8.self),
            String(decoding: complained, as: UTF8.self)
        )
    }
}
