/// The first error that one of several threads met.
final class FirstFailure<Failure: Error>: @unchecked Sendable {
    private var error: Failure?
    private let monitor = Monitor()

    func note(_ failure: Failure) { monitor.withLock { if error == nil { error = failure } } }

    func rethrow() throws(Failure) { if let error { throw error } }
}
