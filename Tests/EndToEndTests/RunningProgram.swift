import Foundation

/// A process of its own, with its output in files, that can be signalled and is waited for.
final class RunningProgram {
    /// How a process ended.
    struct Ended {
        /// Its exit code; nil when a signal ended it.
        let exitCode: Int32?
        let output: String
        let errors: String
        let seconds: Double
        /// The most memory that it had at once.
        let peakBytes: Int
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let processID: pid_t
    private let folder: String
    private let started = Date()
    private let title: String
    private var hasEnded = false

    /// - Parameter directory: where it works, and where its relative paths begin.
    init(_ words: [String], in directory: String = Place.package, environment: [String: String] = [:]) throws
    {
        folder = try Place.folder("process")
        title = words.joined(separator: " ")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, name) in [(Int32(1), "output"), (2, "errors")] {
            posix_spawn_file_actions_addopen(
                &actions, descriptor, folder + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        }
        // Threads of the pool block signals, and a child would inherit that: SIGTERM would not end it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // `env` changes the directory and becomes the program.
        var arguments = (["env", "-C", directory] + words).map { strdup($0) } + [nil]
        var variables = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var made = pid_t()
        let code = posix_spawn(&made, "/usr/bin/env", &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw Failure(description: "\(title): \(String(cString: strerror(code)))") }
        processID = made
    }

    /// A test that failed leaves nothing running.
    deinit {
        if !hasEnded { kill(processID, SIGKILL) }
    }

    func signal(_ number: Int32) { kill(processID, number) }

    /// What it has written so far.
    var output: String { text("output") }
    var errors: String { text("errors") }

    var said: String { output + errors }

    private func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: folder + "/" + name) ?? Data(), as: UTF8.self)
    }

    /// Waits for its end; kills it and throws when that takes longer than `limit` seconds.
    func wait(limit: Double = 600) throws -> Ended {
        var status: Int32 = 0
        var usage = rusage()
        let end = started.addingTimeInterval(limit)
        var isLate = false
        while true {
            let found = wait4(processID, &status, isLate ? 0 : WNOHANG, &usage)
            if found == processID {
                hasEnded = true
                break
            }
            if found < 0 { throw Failure(description: "\(title): it can't be waited for") }
            isLate = Date() > end
            if isLate { signal(SIGKILL) } else { usleep(1000) }
        }
        let seconds = Date().timeIntervalSince(started)
        let (output, errors) = (output, errors)
        try? FileManager.default.removeItem(atPath: folder)
        if isLate {
            throw Failure(
                description: "\(title): not done after \(limit) seconds\n\(output.suffix(2000))\(errors)")
        }
        let hasExited = status & 0x7F == 0
        return Ended(
            exitCode: hasExited ? status >> 8 & 0xFF : nil, output: output, errors: errors, seconds: seconds,
            peakBytes: usage.ru_maxrss * 1024)
    }
}

/// Waits until `condition` holds, or throws after `limit` seconds; looks again after `pause` microseconds.
func waitUntil(
    _ what: String, limit: Double = 600, pause: UInt32 = 2000, _ condition: () throws -> Bool
) throws {
    let end = Date(timeIntervalSinceNow: limit)
    while try !condition() {
        if Date() > end { throw RunningProgram.Failure(description: "\(what): not after \(limit) seconds") }
        usleep(pause)
    }
}
