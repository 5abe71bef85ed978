import Diagnostics
import Glibc
import Storage

/// Where a query's statements come from.
enum QueryInput: Equatable, Sendable {
    case argument(String)
    case file(String)
    /// What another program writes, or a person at a terminal, who gets a shell.
    case standard

    /// nil for a person at a terminal.
    func text() throws(Diagnostic) -> QueryText? {
        switch self {
        case .argument(let text): return try QueryText(text)
        case .file(let path):
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw Diagnostic(
                    errno == ENOENT ? .notFound : .io,
                    "cannot read \(path): \(String(cString: strerror(errno)))",
                    expected: "a file of statements")
            }
            defer { close(descriptor) }
            return try QueryText(QueryInput.contents(of: descriptor))
        case .standard:
            if isatty(STDIN_FILENO) == 1 { return nil }
            return try QueryText(QueryInput.contents(of: STDIN_FILENO))
        }
    }

    private static func contents(of descriptor: CInt) -> String {
        String(decoding: ChildProcess.readBytes(descriptor, limit: 1 << 20), as: UTF8.self)
    }
}
