import Synchronization

/// Those who want to know when a topic has more for readers.
final class TopicListeners: Sendable {
    private struct Held {
        var next = 0
        var listeners: [Int: @Sendable () -> Void] = [:]
    }

    private let held = Mutex(Held())

    func add(_ listener: @escaping @Sendable () -> Void) -> Int {
        held.withLock {
            $0.next += 1
            $0.listeners[$0.next] = listener
            return $0.next
        }
    }

    func remove(_ number: Int) { held.withLock { _ = $0.listeners.removeValue(forKey: number) } }

    /// Called without the lock, so that a listener may leave while it is called.
    func notify() {
        for listener in held.withLock({ Array($0.listeners.values) }) { listener() }
    }
}
