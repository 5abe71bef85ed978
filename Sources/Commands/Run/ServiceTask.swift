import Connectors
import Diagnostics
import Runtime
import Synchronization

/// One of a service's tasks at work on a thread of its own; its state directory is locked meanwhile.
final class ServiceTask: Sendable {
    private struct State {
        var isGivenBack = false
        var lock: StateDirectoryLock?
        var failure: Diagnostic?
        var hasEnded = false
    }

    let number: Int
    private let task: PipelineTask
    private let state: Mutex<State>

    init(_ number: Int, _ task: PipelineTask, lock: StateDirectoryLock) {
        self.number = number
        self.task = task
        state = Mutex(State(lock: lock))
    }

    /// Runs to its end on a thread of `threads`, lets go of its directory, and calls `onEnd`.
    func start(once: Bool, on threads: WorkerPool, onEnd: @escaping @Sendable () -> Void) {
        threads.enqueue(bytes: 0) { [self] in
            var failure: Diagnostic?
            do throws(Diagnostic) {
                try task.run(once: once)
            } catch {
                failure = error
            }
            // Nothing of it may reach the directory once that is another's.
            task.drain()
            state.withLock { state in
                // An epoch whose target is away stays open: whoever takes the task finishes it.
                let passing: [DiagnosticCode] = [.unavailable, .cancelled]
                let isLeft = state.isGivenBack && failure.map { passing.contains($0.code) } ?? false
                state.failure = isLeft ? nil : failure
                state.lock = nil
                state.hasEnded = true
            }
            onEnd()
        }
    }

    /// Has it commit its epoch and end.
    ///
    /// - Parameter givesBack: another process is to go on with it.
    func stop(givesBack: Bool) {
        if givesBack { state.withLock { $0.isGivenBack = true } }
        task.stop()
    }

    var isGivenBack: Bool { state.withLock { $0.isGivenBack } }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }
    var failure: Diagnostic? { state.withLock { $0.failure } }
    var status: PipelineStatus { task.status }
}
