import Synchronization

/// Keeps those who read a store apart from its owner.
final class StoreLock: Sendable {
    private let mutex = Mutex(())

    func lock() { mutex._unsafeLock() }

    func unlock() { mutex._unsafeUnlock() }
}
