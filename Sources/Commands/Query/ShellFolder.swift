import Diagnostics
import Glibc

/// A folder of a shell's own, with the file that it reads at its start and the pipe behind its prompt.
struct ShellFolder {
    let path: String

    /// - Throws: when it can't be made.
    init() throws(Diagnostic) {
        let folder = TemporaryFolder.plainPath
        var name = TemporaryFolder.template(in: folder)
        guard mkdtemp(&name) != nil else {
            throw Diagnostic(.io, "cannot make a folder in \(folder): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard mkfifo(pipe, 0o600) == 0 else {
            throw Diagnostic(.io, "cannot make a pipe in \(path): \(String(cString: strerror(errno)))")
        }
    }

    var start: String { path + "/start.sql" }
    var pipe: String { path + "/tables" }

    func write(_ text: String, to file: String) throws(Diagnostic) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0, PipeServer.write(text, to: descriptor) else {
            throw Diagnostic(.io, "cannot write \(file): \(String(cString: strerror(errno)))")
        }
        close(descriptor)
    }

    func remove() {
        unlink(start)
        unlink(pipe)
        rmdir(path)
    }
}
