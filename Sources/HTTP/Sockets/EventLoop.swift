import CEpoll
import Diagnostics
import Glibc

/// A thread that waits for sockets and tells their handlers what they are ready for.
///
/// Handlers live on this thread alone; others reach it by `post`.
final class EventLoop: @unchecked Sendable {
    /// What a socket is known by here. Descriptors are used again, these are not.
    typealias Token = UInt64

    private static let wakeToken: Token = 0
    private static let tickMilliseconds: Int64 = 1000
    private static let batch = 128

    private let epoll: CInt
    private let wake: CInt
    private let mutex = HTTPLock()
    // Guarded by `mutex`.
    private var posted: [@Sendable () -> Void] = []
    private var isWoken = false
    private var isStopping = false
    private var thread: pthread_t?
    // The thread's alone.
    private var handlers: [Token: any SocketHandler] = [:]
    private var lastToken = wakeToken
    /// Called each second.
    var onTick: () -> Void = {}
    /// What handlers read into, one after the other.
    private(set) var block = [UInt8](repeating: 0, count: 64 << 10)

    init() throws(Diagnostic) {
        epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
        wake = eventfd(0, CInt(EFD_NONBLOCK) | CInt(EFD_CLOEXEC))
        guard epoll >= 0, wake >= 0,
            millrace_epoll_control(
                epoll, EPOLL_CTL_ADD, wake, SocketEvents.reading.rawValue, Self.wakeToken) == 0
        else {
            if epoll >= 0 { close(epoll) }
            if wake >= 0 { close(wake) }
            throw Self.failure
        }
    }

    deinit {
        close(epoll)
        close(wake)
    }

    private static var failure: Diagnostic {
        Diagnostic(
            .io, "the HTTP server can't start",
            hint: "see whether the machine has file descriptors and memory left")
    }

    func start() throws(Diagnostic) {
        var made = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &made, nil,
            { context in
                if let context { Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
        guard code == 0 else {
            Unmanaged<EventLoop>.fromOpaque(context).release()
            throw Self.failure
        }
        mutex.withLock { thread = made }
    }

    /// Does what was posted, and ends the thread.
    func stop() {
        let thread = mutex.withLock { () -> pthread_t? in
            isStopping = true
            defer { self.thread = nil }
            return self.thread
        }
        guard let thread else { return }
        signal()
        if pthread_equal(thread, pthread_self()) == 0 { pthread_join(thread, nil) }
    }

    /// Has the thread do something soon, in the order in which it is asked; from any thread, at any time.
    ///
    /// Of a loop that has ended nothing is done any more.
    func post(_ work: @escaping @Sendable () -> Void) {
        let mustWake = mutex.withLock {
            posted.append(work)
            defer { isWoken = true }
            return !isWoken
        }
        if mustWake { signal() }
    }

    private func signal() {
        var one: UInt64 = 1
        _ = write(wake, &one, 8)
    }

    // MARK: The thread's side

    /// - Returns: nil where the system refuses.
    func add(_ descriptor: CInt, _ events: SocketEvents, _ handler: any SocketHandler) -> Token? {
        lastToken += 1
        guard millrace_epoll_control(epoll, EPOLL_CTL_ADD, descriptor, events.rawValue, lastToken) == 0 else {
            return nil
        }
        handlers[lastToken] = handler
        return lastToken
    }

    func change(_ descriptor: CInt, _ events: SocketEvents, _ token: Token) {
        _ = millrace_epoll_control(epoll, EPOLL_CTL_MOD, descriptor, events.rawValue, token)
    }

    /// Comes before the descriptor is closed or handed on.
    func remove(_ descriptor: CInt, _ token: Token) {
        handlers[token] = nil
        _ = millrace_epoll_control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0)
    }

    /// Gives the block that all handlers share to one of them.
    func withBlock<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
        block.withUnsafeMutableBytes { body($0) }
    }

    private func run() {
        var tokens = [UInt64](repeating: 0, count: Self.batch)
        var events = [UInt32](repeating: 0, count: Self.batch)
        var nextTick = Self.now() + Self.tickMilliseconds
        while true {
            let pause = CInt(clamping: max(0, nextTick - Self.now()))
            let count = millrace_epoll_wait(epoll, pause, &tokens, &events)
            for index in 0..<max(0, Int(count)) {
                if tokens[index] == Self.wakeToken {
                    var sum: UInt64 = 0
                    _ = read(wake, &sum, 8)
                } else {
                    handlers[tokens[index]]?.isReady(SocketEvents(rawValue: events[index]))
                }
            }
            guard doPosted() else { return }
            let now = Self.now()
            if now >= nextTick {
                nextTick = now + Self.tickMilliseconds
                onTick()
            }
        }
    }

    /// False when the loop is to end.
    private func doPosted() -> Bool {
        let (work, isLast) = mutex.withLock { () -> ([@Sendable () -> Void], Bool) in
            isWoken = false
            defer { posted = [] }
            return (posted, isStopping)
        }
        for step in work { step() }
        guard isLast else { return true }
        handlers = [:]
        onTick = {}
        return false
    }

    /// Milliseconds of a clock that is never set.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
