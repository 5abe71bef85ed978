import Glibc

/// The sessions of a pool that nobody uses, and how many there are in all.
///
/// A thread closes those that are idle for too long; it lives as long as there are any.
final class IdleConnections: @unchecked Sendable {
    enum Taken {
        case found(PostgresConnection)
        /// None is free, and there may be one more: the caller makes it.
        case room
        /// None became free in time.
        case none
    }

    private struct Idle {
        let connection: PostgresConnection
        let user: Int
        /// On the clock of `now`.
        let end: Int64
    }

    /// Temporary tables of writers that are gone go with their session.
    private static let stageLimit = 64
    private let limits: PoolLimits
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // All below only with the lock.
    /// Those that have waited for longest come first.
    private var waiting: [Idle] = []
    private var open = 0
    private var hasThread = false
    private var isEnded = false

    init(_ limits: PoolLimits) {
        self.limits = limits
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    private func withLock<Answer>(_ body: () -> Answer) -> Answer {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    var count: Int { withLock { open } }

    // MARK: Taking and giving

    func take(for user: Int) -> Taken {
        let end = Self.now() + Int64(limits.waitMilliseconds)
        return withLock {
            while true {
                let last = waiting.lastIndex { $0.user == user } ?? waiting.indices.last
                if let last { return .found(waiting.remove(at: last).connection) }
                if open < max(1, limits.connections) {
                    open += 1
                    return .room
                }
                guard Self.now() < end else { return .none }
                wait(until: end)
            }
        }
    }

    /// The session for which there was room could not be made.
    func giveUp() {
        withLock {
            open -= 1
            pthread_cond_broadcast(condition)
        }
    }

    func give(_ connection: PostgresConnection, from user: Int) {
        // What is closed is closed without the lock: that talks to the server.
        let isUsable =
            !connection.isBroken && !connection.isDiscarded
            && connection.stages.count < Self.stageLimit
        withLock {
            if isUsable, !isEnded {
                let end = Self.now() + Int64(limits.idleMilliseconds)
                waiting.append(Idle(connection: connection, user: user, end: end))
                if !hasThread { hasThread = startThread() }
            } else {
                open -= 1
            }
            pthread_cond_broadcast(condition)
        }
    }

    func closeAll() { _ = withLock { takeAll() } }

    /// Nobody comes any more.
    func end() {
        _ = withLock { () -> [Idle] in
            isEnded = true
            return takeAll()
        }
    }

    /// Given to the caller, who frees them without the lock.
    private func takeAll() -> [Idle] {
        defer { waiting = [] }
        open -= waiting.count
        pthread_cond_broadcast(condition)
        return waiting
    }

    // MARK: Closing

    private func startThread() -> Bool {
        let box = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<IdleConnections>.fromOpaque(context).takeRetainedValue().closeLate()
                return nil
            }, box.toOpaque())
        if code == 0 { pthread_detach(thread) } else { box.release() }
        return code == 0
    }

    private func closeLate() {
        var isOver = false
        while !isOver {
            _ = withLock { () -> [Idle] in
                guard let first = waiting.first else {
                    // Whoever gives one back from here on starts a thread anew.
                    hasThread = false
                    isOver = true
                    return []
                }
                wait(until: first.end)
                let now = Self.now()
                let late = waiting.filter { $0.end <= now }
                waiting.removeAll { $0.end <= now }
                open -= late.count
                if !late.isEmpty { pthread_cond_broadcast(condition) }
                return late
            }
        }
    }

    // MARK: Time

    /// Milliseconds since the epoch, as conditions have them.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private func wait(until end: Int64) {
        var time = timespec()
        time.tv_sec = Int(end / 1000)
        time.tv_nsec = Int(end % 1000) * 1_000_000
        pthread_cond_timedwait(condition, mutex, &time)
    }
}
