import Diagnostics
import Synchronization

/// What went wrong beside the work of queries: the newest, for whoever asks.
final class EngineReports: Sendable {
    private static let limit = 50
    private let held = Mutex<[Diagnostic]>([])

    func add(_ report: Diagnostic) {
        held.withLock { held in
            held.append(report)
            if held.count > Self.limit { held.removeFirst() }
        }
    }

    var newest: [Diagnostic] { held.withLock { $0 } }
}
