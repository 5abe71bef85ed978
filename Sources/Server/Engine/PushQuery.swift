import Planning
import Synchronization

/// A push query at work.
public final class PushQuery: Sendable {
    public let id: String
    public let columns: [AnswerPlan.Column]
    private let stopping: Mutex<(@Sendable () -> Void)?>

    init(id: String, columns: [AnswerPlan.Column], stop: @escaping @Sendable () -> Void) {
        self.id = id
        self.columns = columns
        stopping = Mutex(stop)
    }

    /// Ends it, and its receiver is told. From any thread, any number of times.
    public func cancel() {
        let stop = stopping.withLock { stop in
            defer { stop = nil }
            return stop
        }
        stop?()
    }
}
