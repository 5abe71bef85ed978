import Synchronization

/// Where a merge that may run on another thread leaves its result. At most one is under way.
final class MergeSlot: Sendable {
    struct Result: Sendable {
        let job: MergeJob
        let file: SegmentFile
        let byteCount: Int
        let directoryChecksum: UInt64
        let sections: [SectionInfo]
    }

    private enum State: Sendable {
        case idle
        case running(MergeJob)
        case done(Result)
    }

    private let state = Mutex(State.idle)

    /// Begins the job, unless another is under way.
    func begin(_ job: MergeJob) {
        state.withLock { $0 = .running(job) }
    }

    func finish(_ result: Result?) {
        state.withLock { $0 = result.map(State.done) ?? .idle }
    }

    var isIdle: Bool {
        state.withLock {
            if case .idle = $0 { return true }
            return false
        }
    }

    /// Names of files that must not be removed.
    var names: Set<String> {
        state.withLock {
            switch $0 {
            case .idle: return []
            case .running(let job): return [job.outputName]
            case .done(let result): return [result.job.outputName]
            }
        }
    }

    /// The result, if there is one; the next merge can begin then.
    func take() -> Result? {
        state.withLock {
            guard case .done(let result) = $0 else { return nil }
            $0 = .idle
            return result
        }
    }
}
