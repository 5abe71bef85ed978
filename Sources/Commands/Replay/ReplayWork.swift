import Connectors
import Diagnostics
import Glibc
import Runtime
import Simulation
import Storage
import Synchronization

/// A replay at work on a thread of its own, while another one shows it and listens for signals.
final class ReplayWork: Sendable {
    private struct Shared {
        var step = "starting"
        var allRecords = 0
        var isStopping = false
        var outcome: Result<ReplayReport, Diagnostic>?
    }

    private let replay: Replay
    private let wake: WakePipe
    private let name: String
    private let request: ReplayRequest
    private let stateDirectory: String
    /// nil where the rebuilt tables are swapped in rather than compared.
    private let differences: ReplayDifferences?
    private let shared = Mutex(Shared())
    private let clock = WallClock()

    init(
        _ replay: Replay, name: String, wake: WakePipe, request: ReplayRequest, stateDirectory: String,
        differences: ReplayDifferences?
    ) {
        self.replay = replay
        self.name = name
        self.wake = wake
        self.request = request
        self.stateDirectory = stateDirectory
        self.differences = differences
    }

    func start(on threads: WorkerPool) {
        threads.enqueue(bytes: 0) { [self] in
            let outcome: Result<ReplayReport, Diagnostic>
            do throws(Diagnostic) {
                outcome = .success(try run())
            } catch {
                outcome = .failure(error)
            }
            replay.end()
            shared.withLock { $0.outcome = outcome }
            wake.wake()
        }
    }

    var hasEnded: Bool { shared.withLock { $0.outcome != nil } }

    /// What came of it; it has ended.
    func result() throws(Diagnostic) -> ReplayReport {
        guard let outcome = shared.withLock({ $0.outcome }) else { preconditionFailure("it has ended") }
        return try outcome.get()
    }

    /// Ends the rebuild; a swap that has begun is finished.
    func stop() {
        shared.withLock { $0.isStopping = true }
        replay.stop()
    }

    var progress: ReplayProgress {
        let (step, all) = shared.withLock { ($0.step, $0.allRecords) }
        return ReplayProgress(step: step, records: replay.status.records, allRecords: all)
    }

    // MARK: The work

    private func run() throws(Diagnostic) -> ReplayReport {
        let begun = clock.now()
        try replay.start()
        shared.withLock { $0.step = "rebuilding" }
        let rebuildBegun = clock.now()
        try replay.rebuild()
        let rebuilt = clock.now() - rebuildBegun
        let records = replay.status.records
        var tables: [ReplayReport.Table] = []
        for table in try replay.tables() {
            var entry = ReplayReport.Table(
                sink: table.sink, path: table.path, key: table.key, liveRows: table.live?.rowCount,
                rebuiltRows: table.rebuilt.rowCount)
            if let differences {
                shared.withLock { $0.step = "comparing \(table.path)" }
                entry.difference = try differences.difference(of: table)
                if shared.withLock({ $0.isStopping }) { throw Self.isStopped }
            }
            tables.append(entry)
        }
        let returned = try replay.returnedRows()
        if differences == nil { try swap() }
        return ReplayReport(
            pipeline: name, from: replay.origins, records: max(records, replay.status.records),
            returned: returned,
            elapsedMilliseconds: clock.now() - begun, rebuildMilliseconds: rebuilt,
            isSwapped: differences == nil, showsDifferences: differences != nil, warnings: replay.warnings,
            tables: tables)
    }

    /// Asks a pipeline that is at work for its state directory, and goes on with what it adds meanwhile.
    private func swap() throws(Diagnostic) {
        var owner = ""
        if try !replay.takeState(owner: &owner) { try catchUp() }
        while try !replay.takeState(owner: &owner) {
            if shared.withLock({ $0.isStopping }) { throw Self.isStopped }
            if !ReplayRequest.isMade(in: stateDirectory, LocalFileSystem()) {
                try request.write(to: stateDirectory, LocalFileSystem())
            }
            shared.withLock { $0.step = "waiting for the pipeline\(owner) to end its epoch" }
            if try replay.rebuild() == 0 { usleep(20_000) }
        }
        if shared.withLock({ $0.isStopping }) { throw Self.isStopped }
        shared.withLock { $0.step = "swapping" }
        try replay.swap(request: request.id)
    }

    /// Until what comes meanwhile takes little time: the pipeline is to wait no longer than that.
    private func catchUp() throws(Diagnostic) {
        shared.withLock { $0.step = "catching up with the pipeline" }
        for _ in 0..<Self.rounds {
            let begun = clock.now()
            if try replay.rebuild() == 0 || clock.now() - begun < Self.shortPause { return }
        }
    }

    private static let rounds = 20
    /// Milliseconds.
    private static let shortPause: Int64 = 500
    private static let isStopped = Diagnostic(.cancelled, "stopped before its end: nothing has changed")
}
