import Diagnostics
import Glibc

/// A file for a query's rows, which has its name only when it is whole.
struct QueryOutput: ~Copyable {
    let path: String
    private let unfinished: String
    private(set) var descriptor: CInt

    /// - Throws: when it can't be written.
    init(_ path: String) throws(Diagnostic) {
        self.path = path
        unfinished = "\(path).\(getpid()).tmp"
        descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Diagnostic(
                .io, "cannot write \(path): \(String(cString: strerror(errno)))",
                expected: "a file in a folder that is there")
        }
    }

    /// Where DuckDB writes, if it opens the file itself.
    var unfinishedPath: String { unfinished }

    /// Gives the file its name.
    mutating func finish() throws(Diagnostic) {
        let code = rename(unfinished, path)
        let error = errno
        drop()
        guard code == 0 else {
            throw Diagnostic(.io, "cannot write \(path): \(String(cString: strerror(error)))")
        }
    }

    private mutating func drop() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        unlink(unfinished)
    }

    deinit {
        if descriptor >= 0 {
            close(descriptor)
            unlink(unfinished)
        }
    }
}
