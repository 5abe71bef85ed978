import Diagnostics
import State
import Storage

/// An epoch that has ended, on its way to the sinks. Other threads work on it; the task's waits.
final class EpochCommit: @unchecked Sendable {
    let number: Int64
    let log: EpochLog.Writer
    let sinks: [(sink: any SinkEpoch, commit: SinkCommit)]
    let writeDeadLetters: [@Sendable () throws(SinkError) -> Void]
    let makeStateDurable: @Sendable () throws(StateError) -> Void
    /// Tells what the rules found, once the sinks have the epoch.
    let writeAlerts: (@Sendable () throws(StorageError) -> Void)?
    /// Milliseconds of the monotonic clock: when the epoch was begun, and when it ended.
    let startedAt: Double
    let endedAt: Double

    private let monitor = Monitor()
    // Guarded by `monitor`.
    private var outcome: Result<Void, Diagnostic>?

    init(
        number: Int64, log: EpochLog.Writer, sinks: [(sink: any SinkEpoch, commit: SinkCommit)],
        writeDeadLetters: [@Sendable () throws(SinkError) -> Void],
        makeStateDurable: @escaping @Sendable () throws(StateError) -> Void,
        writeAlerts: (@Sendable () throws(StorageError) -> Void)?, startedAt: Double, endedAt: Double
    ) {
        self.number = number
        self.log = log
        self.sinks = sinks
        self.writeDeadLetters = writeDeadLetters
        self.makeStateDurable = makeStateDurable
        self.writeAlerts = writeAlerts
        self.startedAt = startedAt
        self.endedAt = endedAt
    }

    var isFinished: Bool { monitor.withLock { outcome != nil } }

    func finish(_ outcome: Result<Void, Diagnostic>) {
        monitor.withLock {
            self.outcome = outcome
            monitor.signalAll()
        }
    }

    /// Returns when the epoch is done, or throws what keeps it from being so.
    func wait() throws(Diagnostic) {
        monitor.lock()
        defer { monitor.unlock() }
        while outcome == nil { monitor.wait() }
        try outcome?.get()
    }
}
