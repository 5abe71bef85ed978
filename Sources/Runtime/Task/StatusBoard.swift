import Synchronization

/// What a task shows to other threads, and what they may ask of it.
final class StatusBoard: Sendable {
    private let shared = Mutex(PipelineStatus())
    private let stopFlag = Atomic<Bool>(false)

    var status: PipelineStatus { shared.withLock { $0 } }

    func update(_ change: (inout PipelineStatus) -> Void) {
        // The closure is not sent anywhere: it runs here and now.
        var copy = shared.withLock { $0 }
        change(&copy)
        let changed = copy
        shared.withLock { $0 = changed }
    }

    func requestStop() { stopFlag.store(true, ordering: .relaxed) }
    var isStopRequested: Bool { stopFlag.load(ordering: .relaxed) }
}
