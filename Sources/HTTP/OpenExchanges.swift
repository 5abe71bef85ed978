import Glibc

/// Requests from the moment their handler is asked until their answer is sent, for somebody who waits for
/// their end.
final class OpenExchanges: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // Guarded by `mutex`.
    private var open: [ObjectIdentifier: any HTTPExchange] = [:]

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func add(_ exchange: any HTTPExchange) {
        pthread_mutex_lock(mutex)
        open[ObjectIdentifier(exchange)] = exchange
        pthread_mutex_unlock(mutex)
    }

    /// Of one that never got so far nothing is known.
    func remove(_ exchange: any HTTPExchange) {
        pthread_mutex_lock(mutex)
        open.removeValue(forKey: ObjectIdentifier(exchange))
        if open.isEmpty { pthread_cond_broadcast(condition) }
        pthread_mutex_unlock(mutex)
    }

    /// Waits for all to end; returns those that have not after so many seconds.
    func drain(seconds: Int) -> [any HTTPExchange] {
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_sec += seconds
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !open.isEmpty, pthread_cond_timedwait(condition, mutex, &end) != ETIMEDOUT {}
        return Array(open.values)
    }
}
