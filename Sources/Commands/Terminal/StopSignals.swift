import Glibc
import Synchronization

/// Ctrl-C and SIGTERM as a flag: the first asks the work to come to a good end, the second Ctrl-C ends the
/// process.
///
/// The handlers only store numbers and write one byte to a pipe, which is all that a handler may do.
enum StopSignals {
    private static let received = Atomic<Int>(0)
    private static let wakeDescriptor = Atomic<CInt>(-1)
    /// Whether the terminal's cursor is hidden, so that whoever ends the process shows it again.
    static let hidesCursor = Atomic<Bool>(false)

    /// From now on the signals no longer end the process. Every caller may install them.
    static func install(waking descriptor: CInt) {
        // Touched first: a handler must not be the one that initialises them.
        received.store(0, ordering: .sequentiallyConsistent)
        hidesCursor.store(false, ordering: .sequentiallyConsistent)
        wakeDescriptor.store(descriptor, ordering: .sequentiallyConsistent)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in StopSignals.receive() }
        // Without SA_RESTART: waits end, and their loops look at the flag.
        sigemptyset(&action.sa_mask)
        sigaction(SIGINT, &action, nil)
        sigaction(SIGTERM, &action, nil)
        // Whoever started this process may have blocked them, which processes inherit.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        // A reader that went away (`| head`) must not end a pipeline in the middle of an epoch.
        signal(SIGPIPE, SIG_IGN)
    }

    /// The signals end the process again.
    static func uninstall() {
        wakeDescriptor.store(-1, ordering: .sequentiallyConsistent)
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        signal(SIGPIPE, SIG_DFL)
    }

    /// Whether the work is to come to its end.
    static var isStopping: Bool { received.load(ordering: .relaxed) > 0 }

    private static func receive() {
        let saved = errno
        if received.add(1, ordering: .sequentiallyConsistent).newValue > 1 {
            if hidesCursor.load(ordering: .sequentiallyConsistent) {
                let shown: StaticString = "\u{1B}[?25h\n"
                _ = Glibc.write(STDOUT_FILENO, shown.utf8Start, shown.utf8CodeUnitCount)
            }
            _exit(ExitCode.interrupted.rawValue)
        }
        let descriptor = wakeDescriptor.load(ordering: .sequentiallyConsistent)
        if descriptor >= 0 {
            let byte: StaticString = "!"
            _ = Glibc.write(descriptor, byte.utf8Start, 1)
        }
        errno = saved
    }
}
