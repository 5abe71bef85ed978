import Glibc
import Synchronization

/// Ctrl-C, the end of the terminal and its new size, as flags and a descriptor that wakes who waits.
///
/// Unlike other commands the shell lives on after any number of Ctrl-C. The handlers only store and write one
/// byte to a pipe, which is all that a handler may do.
enum Interrupts {
    private static let interrupted = Atomic<Bool>(false)
    private static let resized = Atomic<Bool>(false)
    private static let ending = Atomic<CInt>(0)
    private static let reading = Atomic<CInt>(-1)
    private static let writing = Atomic<CInt>(-1)

    /// Readable when something has come; ``forget()`` empties it.
    static var descriptor: CInt { reading.load(ordering: .relaxed) }

    /// From now on Ctrl-C and the end of the terminal no longer end the process.
    static func install() {
        if descriptor < 0 {
            var ends: [CInt] = [-1, -1]
            // Without it all works but one thing: who waits notices at its next tick.
            if pipe(&ends) == 0 {
                for end in ends {
                    _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                    _ = fcntl(end, F_SETFL, O_NONBLOCK)
                }
                reading.store(ends[0], ordering: .sequentiallyConsistent)
                writing.store(ends[1], ordering: .sequentiallyConsistent)
            }
        }
        interrupted.store(false, ordering: .sequentiallyConsistent)
        resized.store(false, ordering: .sequentiallyConsistent)
        ending.store(0, ordering: .sequentiallyConsistent)
        var action = sigaction()
        sigemptyset(&action.sa_mask)
        action.__sigaction_handler.sa_handler = { number in Interrupts.receive(number) }
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGWINCH] {
            sigaction(number, &action, nil)
            sigaddset(&signals, number)
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        // A reader that went away (`| head`) is noticed where it is written to.
        signal(SIGPIPE, SIG_IGN)
    }

    /// The signals end the process again.
    static func uninstall() {
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGWINCH] { signal(number, SIG_DFL) }
    }

    /// Whether Ctrl-C came since it was last forgotten, or the terminal is gone.
    static var isInterrupted: Bool { interrupted.load(ordering: .relaxed) || isEnding }

    /// Whether the process is to end.
    static var isEnding: Bool { ending.load(ordering: .relaxed) != 0 }

    /// Whether the terminal has had a new size since this was last asked.
    static func takeResize() -> Bool { resized.exchange(false, ordering: .sequentiallyConsistent) }

    /// A Ctrl-C that came is done with.
    static func forget() {
        interrupted.store(false, ordering: .sequentiallyConsistent)
        drain()
    }

    /// Empties the pipe; the flags stay.
    static func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while descriptor >= 0, read(descriptor, &bytes, bytes.count) > 0 {}
    }

    /// As if Ctrl-C had been pressed.
    static func interrupt() { receive(SIGINT) }

    private static func receive(_ number: CInt) {
        let saved = errno
        switch number {
        case SIGINT: interrupted.store(true, ordering: .sequentiallyConsistent)
        case SIGWINCH: resized.store(true, ordering: .sequentiallyConsistent)
        default: ending.store(number, ordering: .sequentiallyConsistent)
        }
        let descriptor = writing.load(ordering: .sequentiallyConsistent)
        if descriptor >= 0 {
            let byte: StaticString = "!"
            _ = Glibc.write(descriptor, byte.utf8Start, 1)
        }
        errno = saved
    }
}
