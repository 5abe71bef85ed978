import Diagnostics
import Glibc
import State
import Storage

// Waiting for what is away: nothing is lost, the same step is tried again.
extension PipelineTask {
    private static let firstPause = 100.0
    private static let longestPause = 5_000.0

    /// A step of a sink, tried again while its target is away.
    func delivering(_ sink: any Sink, _ step: () throws(SinkError) -> Void) throws(Diagnostic) {
        try patientlyDelivering(step)
    }

    func patientlyDelivering(_ step: () throws(SinkError) -> Void) throws(Diagnostic) {
        try patiently { () throws(Attempt) in
            do throws(SinkError) { try step() } catch { throw Self.attempt(error) }
        }
    }

    /// A step of all sinks, which have the numbers below `count`, side by side; those whose target is away
    /// try it again.
    func deliveringAll(
        _ count: Int, _ step: @Sendable (Int) throws(SinkError) -> Void
    ) throws(Diagnostic) {
        var waiting = Array(0..<count)
        try patiently { () throws(Attempt) in
            let failures = FailureList()
            let numbers = waiting
            committers.forEach(numbers.count) { index in
                do throws(SinkError) { try step(numbers[index]) } catch {
                    failures.add(numbers[index], error)
                }
            }
            waiting = failures.numbers
            if let worst = failures.worst { throw Self.attempt(worst) }
        }
    }

    private static func attempt(_ error: SinkError) -> Attempt {
        switch error {
        case .unavailable(let diagnostic): return .again(diagnostic)
        case .refused(let diagnostic): return .never(diagnostic)
        }
    }

    /// A step that writes files of our own, tried again while the disk is full or read-only.
    func persisting(_ what: String, _ step: () throws(StorageError) -> Void) throws(Diagnostic) {
        try patiently { () throws(Attempt) in
            do throws(StorageError) { try step() } catch { throw Self.attempt(error, what) }
        }
    }

    func persistingState(_ step: () throws(StateError) -> Void) throws(Diagnostic) {
        try patiently { () throws(Attempt) in
            do throws(StateError) { try step() } catch {
                if case .storage(let cause) = error { throw Self.attempt(cause, "the state") }
                throw .never(Diagnostic(.state, error.message, hint: error.hint))
            }
        }
    }

    /// A step on state that is not worth trying again.
    func stateful(_ step: () throws(StateError) -> Void) throws(Diagnostic) {
        do throws(StateError) { try step() } catch {
            throw Diagnostic(.state, error.message, hint: error.hint)
        }
    }

    private enum Attempt: Error {
        case again(Diagnostic)
        case never(Diagnostic)
    }

    private static func attempt(_ error: StorageError, _ what: String) -> Attempt {
        let message = "\(what) can't be written: \(error.reason) (\(error.path))"
        if case .unavailable = error {
            return .again(
                Diagnostic(
                    .unavailable, message,
                    hint: "make room on the disk or mend its permissions: the pipeline goes on by itself"))
        }
        return .never(Diagnostic(.io, message, hint: "check the path and start again: nothing is lost"))
    }

    private func patiently(_ step: () throws(Attempt) -> Void) throws(Diagnostic) {
        var pause = Self.firstPause
        let started = environment.monotonic()
        var waitingSince: Int64?
        while true {
            do throws(Attempt) {
                try step()
                if waitingSince != nil { board.update { $0.phase = .running } }
                return
            } catch {
                switch error {
                case .never(let diagnostic): throw diagnostic
                case .again(let diagnostic):
                    let waited = environment.monotonic() - started
                    let limit = configuration.patienceMilliseconds.map(Double.init) ?? .infinity
                    if board.isStopRequested || waited >= limit { throw diagnostic }
                    let since = waitingSince ?? environment.clock()
                    waitingSince = since
                    board.update { $0.phase = .retrying(reason: diagnostic, sinceMilliseconds: since) }
                    usleep(UInt32(pause * 1000))
                    pause = min(pause * 2, Self.longestPause)
                }
            }
        }
    }
}

/// The sinks that failed at a step, noted by several threads.
private final class FailureList: @unchecked Sendable {
    private var failures: [(number: Int, error: SinkError)] = []
    private let monitor = Monitor()

    func add(_ number: Int, _ error: SinkError) { monitor.withLock { failures.append((number, error)) } }

    var numbers: [Int] { failures.map(\.number) }

    /// One that waiting does not help, if there is any.
    var worst: SinkError? {
        let refused = failures.first { if case .refused = $0.error { true } else { false } }
        return (refused ?? failures.first)?.error
    }
}
