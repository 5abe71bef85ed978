import Foundation
import Synchronization

/// A throwaway PostgreSQL on a loopback port, by `scripts/postgres-server`; gone with its owner.
final class PostgresServer: @unchecked Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Whether this machine has the server's programs.
    static let isHere: Bool = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return versions.contains {
            FileManager.default.isExecutableFile(atPath: "/usr/lib/postgresql/\($0)/bin/initdb")
        } && FileManager.default.isExecutableFile(atPath: "/usr/bin/psql")
    }()
    static let isMissing = "needs a PostgreSQL server and psql (Debian's package postgresql-15)"

    /// One for all tests that do not stop it.
    static let shared: Result<PostgresServer, any Error> = Result { try PostgresServer() }

    /// What runs when the tests end: servers that nobody has removed.
    private static let running = Mutex<[String: pid_t]>([:])
    private static let removal: Void = {
        atexit {
            for (folder, processID) in PostgresServer.running.withLock({ $0 }) {
                _ = Foundation.kill(processID, SIGQUIT)
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
    }()

    let folder: String
    private let options: [String]
    private var process: Process?

    init(tls: Bool = false) throws {
        // Short: a socket's path has 107 bytes at most.
        folder = "/tmp/millrace-pg-\(getpid())-\(UInt32.random(in: .min ... .max))"
        options = tls ? ["--tls"] : []
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try start()
    }

    deinit { remove() }

    /// Starts it, on the port of before, and waits until it answers.
    func start() throws {
        let end = Date(timeIntervalSinceNow: 120)
        var process = try launch()
        while Date() < end {
            if !process.isRunning {
                // Processes of one that was killed hold on to its memory until they have noticed.
                guard log.contains("still in use"), Date() < end else {
                    throw Failure(description: "the server ended: \(log)")
                }
                usleep(50_000)
                process = try launch()
            }
            if (try? sql("SELECT 1")) == "1" { return }
            usleep(20_000)
        }
        throw Failure(description: "the server does not answer: \(log)")
    }

    private func launch() throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.package + "/scripts/postgres-server")
        process.arguments = [folder] + options
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        self.process = process
        Self.removal
        Self.running.withLock { $0[folder] = process.processIdentifier }
        return process
    }

    private var log: String {
        String((try? String(contentsOfFile: folder + "/data/log", encoding: .utf8))?.suffix(2000) ?? "-")
    }

    /// Ends it at once, as a crash does; its data stay.
    func crash() { end(SIGQUIT) }

    /// Ends its first process without a word; the others end when they notice.
    func kill() { end(SIGKILL) }

    private func end(_ signal: Int32) {
        guard let process, process.isRunning else { return }
        _ = Foundation.kill(process.processIdentifier, signal)
        process.waitUntilExit()
        self.process = nil
        Self.running.withLock { $0[folder] = nil }
    }

    func remove() {
        end(SIGQUIT)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// With the password in it.
    var url: String { text("url") }
    var password: String { text("password") }
    var port: Int { Int(text("port")) ?? 0 }
    var certificate: String { folder + "/root.crt" }

    private func text(_ name: String) -> String {
        let text = (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A database of its own, so that tests do not meet; returns its URL.
    func database(_ name: String) throws -> String {
        let unique = "\(name)_\(UInt32.random(in: .min ... .max))"
        try sql("CREATE DATABASE \(unique)")
        return String(url.dropLast("postgres".count)) + unique
    }

    /// What psql answers: rows by line, fields by `|`, NULL as `NULL`.
    @discardableResult
    func sql(_ text: String, at url: String? = nil) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/psql")
        process.arguments = [
            "-X", "-q", "-A", "-t", "-P", "null=NULL", "-v", "ON_ERROR_STOP=1", url ?? self.url, "-c", text,
        ]
        let output = folder + "/psql-\(UInt64.random(in: .min ... .max))"
        defer {
            try? FileManager.default.removeItem(atPath: output)
            try? FileManager.default.removeItem(atPath: output + "-errors")
        }
        for path in [output, output + "-errors"] {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: output + "-errors")
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: (try? String(contentsOfFile: output + "-errors", encoding: .utf8)) ?? text)
        }
        let answer = try String(contentsOfFile: output, encoding: .utf8)
        return answer.hasSuffix("\n") ? String(answer.dropLast()) : answer
    }
}
