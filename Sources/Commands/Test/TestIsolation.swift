import Diagnostics
import Glibc

/// Runs tests in a process of their own, so that one that brings it down fails and all others still count.
///
/// A worker says on its error stream which tests it begins and ends. When a signal ends it, the next one runs
/// one test at a time, so that it is known which one was at work; that one is left out from then on. One that
/// finds a test that does not end says which, and ends itself.
struct TestIsolation {
    /// A test that brought a worker down.
    struct End: Equatable {
        let number: Int
        /// Of one that did not end: what it was at; nil for one that crashed.
        let activity: String?

        init(number: Int, activity: String? = nil) {
            self.number = number
            self.activity = activity
        }

        /// As a worker reads it.
        init?(line: String) {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard let number = parts.first.flatMap({ Int($0) }) else { return nil }
            self.init(number: number, activity: parts.count > 1 ? String(parts[1]) : nil)
        }

        var line: String { "\(number)" + (activity.map { " \($0)" } ?? "") }
    }

    /// Starts a worker: its flags, and the tests that it must not run, one a line.
    let start: (_ flags: [String], _ ended: String) throws(Diagnostic) -> ChildProcess.Ending
    let threads: Int
    /// What the workers wrote to their error streams beside their progress.
    private(set) var messages = ""

    init(
        threads: Int,
        start: @escaping (_ flags: [String], _ ended: String) throws(Diagnostic) -> ChildProcess.Ending
    ) {
        self.threads = threads
        self.start = start
    }

    /// So many tests may bring their process down; more are no accident.
    private static let most = 100

    /// - Returns: the exit code of the worker that came through.
    mutating func run() throws(Diagnostic) -> Int32 {
        var threads = threads
        var ended: [End] = []
        while ended.count < Self.most {
            let input = ended.map { $0.line + "\n" }.joined()
            let ending = try start(["--worker", "--threads", "\(threads)"], input)
            let (atWork, stuck) = take(ending.errors)
            if ending.code == Self.stuckCode, let stuck {
                ended.append(stuck)
                continue
            }
            guard Self.isCrash(ending.code) else { return ending.code }
            if threads == 1 {
                guard let last = atWork.first else { break }
                ended.append(End(number: last))
            }
            threads = 1
        }
        throw Diagnostic(
            .internalError, "the process of the tests did not come through, again and again",
            hint: "run fewer tests with --filter")
    }

    /// Whether a signal that it has earned itself ended it: not Ctrl-C, nor a pipe that nobody reads.
    private static func isCrash(_ code: Int32) -> Bool {
        [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV].contains(code - 128)
    }

    /// The tests that were begun and not ended, and one that did not end; all else is kept for people.
    private mutating func take(_ errors: String) -> (atWork: [Int], stuck: End?) {
        var atWork: [Int] = []
        var stuck: End?
        for line in errors.split(separator: "\n") {
            if line.hasPrefix(Self.stuck), let end = End(line: String(line.dropFirst(Self.stuck.count))) {
                stuck = end
            } else if let number = Self.number(behind: TestIsolation.begun, line) {
                atWork.append(number)
            } else if let number = Self.number(behind: TestIsolation.ended, line) {
                atWork.removeAll { $0 == number }
            } else {
                messages += line + "\n"
            }
        }
        return (atWork, stuck)
    }

    static let begun = "begun "
    static let ended = "ended "
    static let stuck = "stuck "
    /// The exit code of a worker with a test that does not end; timeout(1) has it too.
    static let stuckCode: Int32 = 124

    private static func number(behind word: String, _ line: Substring) -> Int? {
        line.hasPrefix(word) ? Int(line.dropFirst(word.count)) : nil
    }
}
