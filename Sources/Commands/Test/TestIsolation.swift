import Diagnostics
import Glibc

/// Runs tests in a process of their own, so that one that brings it down fails and all others still count.
///
/// A worker says on its error stream which tests it begins and ends. When a signal ends it, the next one runs
/// one test at a time, so that it is known which one was at work; that one is left out from then on.
struct TestIsolation {
    /// Starts a worker: its flags, and the numbers of tests that it must take for crashed, one a line.
    let start: (_ flags: [String], _ crashed: String) throws(Diagnostic) -> ChildProcess.Ending
    let threads: Int
    /// What the workers wrote to their error streams beside their progress.
    private(set) var messages = ""

    init(
        threads: Int,
        start: @escaping (_ flags: [String], _ crashed: String) throws(Diagnostic) -> ChildProcess.Ending
    ) {
        self.threads = threads
        self.start = start
    }

    /// So many tests may crash; more are no accident.
    private static let most = 100

    /// - Returns: the exit code of the worker that came through.
    mutating func run() throws(Diagnostic) -> Int32 {
        var threads = threads
        var crashed: [Int] = []
        while crashed.count < Self.most {
            let input = crashed.map { "\($0)\n" }.joined()
            let ending = try start(["--worker", "--threads", "\(threads)"], input)
            let atWork = take(ending.errors)
            guard Self.isCrash(ending.code) else { return ending.code }
            if threads == 1 {
                guard let last = atWork.first else { break }
                crashed.append(last)
            }
            threads = 1
        }
        throw Diagnostic(
            .internalError, "the process of the tests was ended by a signal again and again",
            hint: "run fewer tests with --filter")
    }

    /// Whether a signal that it has earned itself ended it: not Ctrl-C, nor a pipe that nobody reads.
    private static func isCrash(_ code: Int32) -> Bool {
        [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV].contains(code - 128)
    }

    /// The tests that were begun and not ended; all else is kept for people.
    private mutating func take(_ errors: String) -> [Int] {
        var atWork: [Int] = []
        for line in errors.split(separator: "\n") {
            if let number = Self.number(behind: TestIsolation.begun, line) {
                atWork.append(number)
            } else if let number = Self.number(behind: TestIsolation.ended, line) {
                atWork.removeAll { $0 == number }
            } else {
                messages += line + "\n"
            }
        }
        return atWork
    }

    static let begun = "begun "
    static let ended = "ended "

    private static func number(behind word: String, _ line: Substring) -> Int? {
        line.hasPrefix(word) ? Int(line.dropFirst(word.count)) : nil
    }
}
