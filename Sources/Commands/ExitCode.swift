import Diagnostics

/// What the process answers to its caller.
public enum ExitCode: Int32, Sendable {
    case done = 0
    case failed = 1
    case usage = 2
    /// Ctrl-C twice: what was at work is left to the next start.
    case interrupted = 130

    init(of diagnostic: Diagnostic) { self = diagnostic.code == .usage ? .usage : .failed }
}
