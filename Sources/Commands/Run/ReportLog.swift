import Diagnostics
import Synchronization

/// What went wrong with single files while a pipeline runs; the newest few are kept.
final class ReportLog: Sendable {
    private static let limit = 20
    private let reports = Mutex<[Diagnostic]>([])

    var newest: [Diagnostic] { reports.withLock { $0 } }

    /// From any thread.
    var add: @Sendable (Diagnostic) -> Void {
        { [self] diagnostic in
            reports.withLock { list in
                list.append(diagnostic)
                if list.count > Self.limit { list.removeFirst() }
            }
        }
    }
}
