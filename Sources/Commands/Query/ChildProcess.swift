import Diagnostics
import Glibc

/// A program that is run without a shell: its arguments reach it as they are.
struct ChildProcess {
    /// What became of it.
    struct Ending: Sendable, Equatable {
        /// As a shell has it: 128 and the signal's number for a program that a signal ended.
        var code: Int32
        /// What it wrote to its error stream.
        var errors: String
    }

    let program: String
    let arguments: [String]
    /// What it reads from its standard input, which is a file.
    let input: String
    /// Where its output goes; nil: where this program's goes.
    var output: CInt?

    /// Runs it to its end.
    func run() throws(Diagnostic) -> Ending {
        let inputFile = try temporaryFile()
        defer { close(inputFile) }
        var errorPipe: [CInt] = [-1, -1]
        guard pipe(&errorPipe) == 0 else { throw failure("cannot make a pipe", errno) }
        for end in errorPipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(errorPipe[0]) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputFile, STDIN_FILENO)
        if let output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
        posix_spawn_file_actions_adddup2(&actions, errorPipe[1], STDERR_FILENO)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var environment = ChildProcess.environment().map { strdup($0) } + [nil]
        defer { for text in words + environment { free(text) } }
        var child = pid_t()
        let code = posix_spawn(&child, program, &actions, nil, &words, &environment)
        close(errorPipe[1])
        guard code == 0 else { throw failure("cannot run \(program)", code) }

        let errors = ChildProcess.readAll(errorPipe[0])
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return Ending(code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, errors: errors)
    }

    /// A file without a name that holds the input: no pipe that could fill up, nothing left behind.
    private func temporaryFile() throws(Diagnostic) -> CInt {
        let folder = TemporaryFolder.path
        var name = TemporaryFolder.template(in: folder)
        let file = mkstemp(&name)
        guard file >= 0 else { throw failure("cannot make a temporary file in \(folder)", errno) }
        unlink(name)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        let bytes = Array(input.utf8)
        var written = 0
        while written < bytes.count {
            let count = write(file, Array(bytes[written...]), bytes.count - written)
            if count > 0 {
                written += count
            } else if errno != EINTR {
                let error = errno
                close(file)
                throw failure("cannot write a temporary file in \(folder)", error)
            }
        }
        lseek(file, 0, SEEK_SET)
        return file
    }

    /// The variables that this program was started with.
    static func environment() -> [String] {
        let file = open("/proc/self/environ", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        return readBytes(file).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func readAll(_ file: CInt) -> String { String(decoding: readBytes(file), as: UTF8.self) }

    /// - Parameter limit: where reading ends, at the latest a part behind it.
    static func readBytes(_ file: CInt, limit: Int = .max) -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 14)
        while bytes.count < limit {
            let count = read(file, &part, part.count)
            if count > 0 {
                bytes += part[..<count]
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        return bytes
    }

    private func failure(_ what: String, _ error: CInt) -> Diagnostic {
        Diagnostic(.io, "\(what): \(String(cString: strerror(error)))")
    }
}
