import Diagnostics
import Glibc

/// A program that goes on when this one ends and hears nothing of its terminal.
struct DetachedProcess {
    let pid: pid_t

    /// glibc's POSIX_SPAWN_SETSID, which is a macro that Swift does not see.
    private static let newSession: Int16 = 0x80

    /// - Parameter log: takes what it writes.
    static func start(
        _ program: String, _ arguments: [String], log: String
    ) throws(Diagnostic) -> DetachedProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A session of its own: Ctrl-C is not for it.
        posix_spawnattr_setflags(&attributes, newSession)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var environment = ChildProcess.environment().map { strdup($0) } + [nil]
        defer { for text in words + environment { free(text) } }
        var child = pid_t()
        let code = posix_spawn(&child, program, &actions, &attributes, &words, &environment)
        guard code == 0 else {
            throw Diagnostic(.io, "cannot run \(program): \(String(cString: strerror(code)))")
        }
        return DetachedProcess(pid: child)
    }

    /// Whether it is gone.
    var hasEnded: Bool {
        var status: CInt = 0
        return waitpid(pid, &status, WNOHANG) == pid
    }
}
