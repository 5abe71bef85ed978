import Diagnostics
import Foundation
import Runtime
import Synchronization

/// A task that works on a thread of its own.
final class Running: Sendable {
    private let task: PipelineTask
    private let outcome = Mutex<Result<Void, Diagnostic>?>(nil)

    struct Late: Error {}

    init(_ task: PipelineTask, once: Bool = false) throws {
        self.task = task
        let thread = Thread { [self] in
            do throws(Diagnostic) {
                try task.run(once: once)
                outcome.withLock { $0 = .success(()) }
            } catch {
                outcome.withLock { $0 = .failure(error) }
            }
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    var status: PipelineStatus { task.status }
    var isDone: Bool { outcome.withLock { $0 != nil } }

    /// Waits until it is so; throws what ended the task before, if anything did.
    func waitUntil(limit: Double = 300, _ condition: () throws -> Bool) throws {
        let end = Date(timeIntervalSinceNow: limit)
        while try !condition() {
            if case .failure(let error) = outcome.withLock({ $0 }) { throw error }
            if Date() > end { throw Late() }
            usleep(5000)
        }
    }

    func stop() throws {
        task.stop()
        try waitUntil { isDone }
        try outcome.withLock { $0 }?.get()
    }
}
