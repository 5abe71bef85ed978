import Glibc

/// Threads that live as long as the work that they were started for.
final class BrokerThreads: @unchecked Sendable {
    private final class Start {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let signal = Signal()
    private var threads: [pthread_t] = []

    /// Whether a thread was to be had.
    @discardableResult
    func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let box = Unmanaged.passRetained(Start(body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                BrokerThreads.blockPipeSignal()
                Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            return false
        }
        signal.withLock { threads.append(thread) }
        return true
    }

    /// A client that has gone must not end the process: OpenSSL writes in a way that raises SIGPIPE.
    private static func blockPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for all of them; whoever calls it is none of them.
    func join() {
        let all = signal.withLock { () -> [pthread_t] in
            defer { threads = [] }
            return threads
        }
        for thread in all { pthread_join(thread, nil) }
    }
}
