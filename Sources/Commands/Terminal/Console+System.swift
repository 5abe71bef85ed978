import Glibc

extension Console {
    /// The process's own streams and environment.
    public static func system(program: String) -> Console {
        let environment: @Sendable (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
        let isPlain = environment("NO_COLOR").map { !$0.isEmpty } ?? false || environment("TERM") == "dumb"
        func stream(_ descriptor: CInt) -> Stream {
            let isTerminal = isatty(descriptor) == 1
            return Stream(isTerminal: isTerminal, hasColours: isTerminal && !isPlain) { text in
                write(text, to: descriptor)
            }
        }
        return Console(
            output: stream(STDOUT_FILENO), errors: stream(STDERR_FILENO), size: terminalSize,
            environment: environment, program: program,
            executable: realpath("/proc/self/exe", nil).map { path in
                defer { free(path) }
                return String(cString: path)
            })
    }

    /// All of the text, whatever signals arrive; a reader that has gone away ends it.
    private static func write(_ text: String, to descriptor: CInt) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, Array(bytes[written...]), bytes.count - written)
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                // A terminal shared with a program that made it non-blocking.
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&entry, 1, 1000)
            } else if errno != EINTR {
                return
            }
        }
    }

    @Sendable private static func terminalSize() -> TerminalSize {
        var size = winsize()
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
                return TerminalSize(columns: Int(size.ws_col), rows: max(1, Int(size.ws_row)))
            }
        }
        return TerminalSize(columns: 80, rows: 24)
    }
}
