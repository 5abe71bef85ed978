import Glibc

/// The sockets that libmicrohttpd serves, so that they can be hung up before it is stopped.
///
/// Its version 0.9.75 must not find a malformed request while it stops: it takes the error's answer for
/// queued when it is not, and reads a response that is not there.
final class OpenSockets: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // Guarded by `mutex`.
    private var open: Set<CInt> = []
    private var isHungUp = false

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

    func add(_ descriptor: CInt) {
        pthread_mutex_lock(mutex)
        open.insert(descriptor)
        if isHungUp { shutdown(descriptor, CInt(SHUT_RDWR)) }
        pthread_mutex_unlock(mutex)
    }

    /// Comes before the descriptor is closed: it may be another's right after.
    func remove(_ descriptor: CInt) {
        pthread_mutex_lock(mutex)
        open.remove(descriptor)
        if open.isEmpty { pthread_cond_broadcast(condition) }
        pthread_mutex_unlock(mutex)
    }

    /// Ends every connection for both sides, and waits until the server has noticed, so many seconds at most.
    func hangUp(seconds: Int) {
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_sec += seconds
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        isHungUp = true
        for descriptor in open { shutdown(descriptor, CInt(SHUT_RDWR)) }
        while !open.isEmpty, pthread_cond_timedwait(condition, mutex, &end) != ETIMEDOUT {}
    }
}
