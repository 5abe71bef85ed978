import Synchronization

/// Waits for the marks of one transaction to be durable in all of its partitions.
final class Marking: Sendable {
    private struct State {
        var waitsFor = 1
        var failure: LogError?
    }

    private let state = Mutex(State())
    private let finished: @Sendable (LogError?) -> Void

    /// - Parameter finished: called once, when as many are done as were expected, and once more.
    init(_ finished: @escaping @Sendable (LogError?) -> Void) { self.finished = finished }

    func expect() { state.withLock { $0.waitsFor += 1 } }

    func done(_ failure: LogError?) {
        let (isLast, failure) = state.withLock {
            if let failure { $0.failure = failure }
            $0.waitsFor -= 1
            return ($0.waitsFor == 0, $0.failure)
        }
        if isLast { finished(failure) }
    }
}
