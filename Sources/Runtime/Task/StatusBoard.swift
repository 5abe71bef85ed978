import Diagnostics
import Synchronization

/// What a task shows to other threads, and what they may ask of it.
final class StatusBoard: @unchecked Sendable {
    private let monitor = Monitor()
    // Guarded by `monitor`.
    private var shared = PipelineStatus()
    private let stopFlag = Atomic<Bool>(false)

    var status: PipelineStatus { monitor.withLock { shared } }

    func update(_ change: (inout PipelineStatus) -> Void) { monitor.withLock { change(&shared) } }

    /// Shows something that went wrong beside the pipeline's work.
    func report(_ incident: Diagnostic) {
        update { status in
            status.incidents.append(incident)
            if status.incidents.count > Self.incidentLimit { status.incidents.removeFirst() }
        }
    }

    private static let incidentLimit = 8

    func requestStop() { stopFlag.store(true, ordering: .relaxed) }
    var isStopRequested: Bool { stopFlag.load(ordering: .relaxed) }
}
