import Foundation

/// The program that `make program` builds, at work.
final class Program {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    private static let path: String = {
        let path = ProcessInfo.processInfo.environment["MILLRACE_BINARY"] ?? "bin/millrace"
        return path.hasPrefix("/") ? path : package + "/" + path
    }()

    static let isHere = FileManager.default.isExecutableFile(atPath: path)
    static let isMissing = "there is no \(path): run make program, or set MILLRACE_BINARY"

    private let process = Process()

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    func kill() { _ = Foundation.kill(process.processIdentifier, SIGKILL) }

    /// How it ended, for messages.
    var ending: String {
        (process.terminationReason == .exit ? "code " : "signal ") + String(process.terminationStatus)
    }

    /// Its exit code; nil when a signal ended it.
    func wait() -> Int32? {
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : nil
    }
}
