import Diagnostics
import Glibc

/// A program that has the terminal to itself: what is typed, and Ctrl-C, is its own.
struct TerminalProgram {
    let program: String
    let arguments: [String]

    /// Its exit code; 128 and the signal's number where a signal ended it.
    func run() throws(Diagnostic) -> Int32 {
        // Ctrl-C goes to all programs of the terminal; this one waits.
        signal(SIGINT, SIG_IGN)
        signal(SIGQUIT, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGINT, SIGQUIT, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var environment = ChildProcess.environment().map { strdup($0) } + [nil]
        defer { for text in words + environment { free(text) } }
        var child = pid_t()
        let code = posix_spawn(&child, program, nil, &attributes, &words, &environment)
        guard code == 0 else {
            throw Diagnostic(.io, "cannot run \(program): \(String(cString: strerror(code)))")
        }
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let number = status & 0x7F
        return number == 0 ? (status >> 8) & 0xFF : 128 + number
    }
}
