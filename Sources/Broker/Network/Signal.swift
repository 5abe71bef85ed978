import Glibc

/// A lock with a condition to wait for.
final class Signal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Waits must not change when somebody sets the clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }

    /// Waits for `wakeOne` or `wakeAll`, with the lock held before and after; may wake without them.
    func wait() { pthread_cond_wait(condition, mutex) }

    /// The same, until a time of `SteadyClock.milliseconds`.
    func wait(until milliseconds: Int64) {
        var end = timespec()
        end.tv_sec = Int(milliseconds / 1000)
        end.tv_nsec = Int(milliseconds % 1000) * 1_000_000
        pthread_cond_timedwait(condition, mutex, &end)
    }

    func wakeOne() { pthread_cond_signal(condition) }
    func wakeAll() { pthread_cond_broadcast(condition) }

    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        lock()
        defer { unlock() }
        return try body()
    }
}
