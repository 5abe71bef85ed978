import Synchronization

/// A lock for state that C callbacks and Swift threads share.
final class HTTPLock: Sendable {
    private let mutex = Mutex<Void>(())

    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        try mutex.withLock { _ in try body() }
    }
}
