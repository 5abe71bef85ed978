import State

/// The first error that one of several threads met.
final class FirstFailure: @unchecked Sendable {
    private var error: StateError?
    private let monitor = Monitor()

    func note(_ failure: StateError) { monitor.withLock { if error == nil { error = failure } } }

    func rethrow() throws(StateError) { if let error { throw error } }
}
