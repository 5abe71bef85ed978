import CEpoll
import Diagnostics
import Glibc
import Synchronization

/// A few threads that wait for all connections together; each event is one thread's until it is done with it.
final class EventLoop: @unchecked Sendable {
    /// Makes the bytes of a new connection go their way; nil refuses it.
    typealias MakeTransport = @Sendable (CInt) -> Transport?

    let handler: any FrameHandler
    let budget: MemoryBudget
    let queue: WorkQueue
    let address: BrokerAddress
    private let limits: ConnectionLimits
    private let makeTransport: MakeTransport
    private let threads = BrokerThreads()
    private let poll: CInt
    private let listening: CInt
    private let stopEnds: (reading: CInt, writing: CInt)
    private let state = Mutex(State())

    private struct State {
        var connections: [UInt64: Connection] = [:]
        var nextNumber = EventLoop.firstConnection
        var isStopped = false
        var refused = 0
    }

    private static let listener: UInt64 = 0
    private static let stop: UInt64 = 1
    private static let firstConnection: UInt64 = 16

    /// Listens; nobody is answered before `start`.
    init(
        _ wanted: BrokerAddress, _ limits: ConnectionLimits, _ handler: any FrameHandler,
        _ queue: WorkQueue, makeTransport: @escaping MakeTransport
    ) throws(Diagnostic) {
        (listening, address) = try wanted.listen()
        self.limits = limits
        self.handler = handler
        self.queue = queue
        self.makeTransport = makeTransport
        budget = MemoryBudget(limits.totalBytes)
        var ends: [CInt] = [-1, -1]
        poll = epoll_create1(CInt(O_CLOEXEC))
        guard poll >= 0, pipe(&ends) == 0 else {
            close(listening)
            if poll >= 0 { close(poll) }
            throw Diagnostic(
                .io, "no connections can be waited for: \(String(cString: strerror(errno)))",
                hint: "raise the limit of open files (ulimit -n)")
        }
        stopEnds = (ends[0], ends[1])
        Self.prepare(ends[0])
        Self.prepare(ends[1])
        // Not once but for all threads: nobody reads it.
        control(EPOLL_CTL_ADD, stopEnds.reading, Self.stop, EPOLLIN.rawValue)
        control(EPOLL_CTL_ADD, listening, Self.listener, EPOLLIN.rawValue | EPOLLONESHOT.rawValue)
    }

    func start(threads count: Int) {
        for _ in 0..<max(count, 1) { threads.start { [self] in work() } }
    }

    var connectionCount: Int { state.withLock { $0.connections.count } }

    /// Connections that were turned away because there were too many.
    var refusedCount: Int { state.withLock { $0.refused } }

    private func work() {
        var event = epoll_event()
        while true {
            let count = epoll_wait(poll, &event, 1, -1)
            if count < 0 {
                if errno == EINTR { continue }
                return
            }
            switch event.data.u64 {
            case Self.stop: return
            case Self.listener: acceptAll()
            case let number:
                let connection = state.withLock { $0.connections[number] }
                connection?.run(event.events)
            }
        }
    }

    // MARK: Connections

    private func acceptAll() {
        for _ in 0..<64 {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let descriptor = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    accept(listening, $0, &length)
                }
            }
            guard descriptor >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                // No descriptors: those who wait are taken when somebody else has gone.
                if errno == EMFILE || errno == ENFILE { usleep(10_000) }
                break
            }
            Self.prepare(descriptor)
            add(descriptor, host: Self.host(of: &storage, length))
        }
        control(EPOLL_CTL_MOD, listening, Self.listener, EPOLLIN.rawValue | EPOLLONESHOT.rawValue)
    }

    private static func prepare(_ descriptor: CInt) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    private func add(_ descriptor: CInt, host: String) {
        var one: CInt = 1
        setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
        let isFull = state.withLock {
            if !$0.isStopped, $0.connections.count < limits.connections { return false }
            $0.refused += 1
            return true
        }
        guard !isFull, let transport = makeTransport(descriptor) else {
            close(descriptor)
            return
        }
        let connection = state.withLock {
            let made = Connection(transport, number: $0.nextNumber, host: host, self, limits)
            $0.connections[$0.nextNumber] = made
            $0.nextNumber += 1
            return made
        }
        control(
            EPOLL_CTL_ADD, descriptor, connection.number,
            EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue)
    }

    private static func host(of storage: inout sockaddr_storage, _ length: socklen_t) -> String {
        var text = [CChar](repeating: 0, count: 64)
        let failure = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getnameinfo($0, length, &text, 64, nil, 0, NI_NUMERICHOST)
            }
        }
        guard failure == 0 else { return "unknown" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Under the connection's lock.
    func arm(_ connection: Connection, _ events: UInt32) {
        control(EPOLL_CTL_MOD, connection.descriptor, connection.number, events)
    }

    /// Before its descriptor is closed.
    func remove(_ connection: Connection) {
        control(EPOLL_CTL_DEL, connection.descriptor, connection.number, 0)
        state.withLock { _ = $0.connections.removeValue(forKey: connection.number) }
    }

    private func control(_ operation: CInt, _ descriptor: CInt, _ number: UInt64, _ events: UInt32) {
        var event = epoll_event()
        event.events = events
        event.data.u64 = number
        epoll_ctl(poll, operation, descriptor, &event)
    }

    /// Closes connections that are of no use; to be called every few seconds.
    func closeIdle() {
        let now = SteadyClock.milliseconds
        for connection in state.withLock({ Array($0.connections.values) }) {
            connection.closeIfIdle(now: now)
        }
    }

    /// Ends all connections and threads.
    func stop() {
        state.withLock { $0.isStopped = true }
        var byte: UInt8 = 1
        _ = write(stopEnds.writing, &byte, 1)
        threads.join()
        for connection in state.withLock({ Array($0.connections.values) }) { connection.close() }
        close(listening)
        close(poll)
        close(stopEnds.reading)
        close(stopEnds.writing)
    }
}
