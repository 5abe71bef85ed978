import Diagnostics
import Glibc

/// A folder of a shell's own, with the file that it reads at its start and the pipe behind its prompt.
struct ShellFolder {
    let path: String

    /// - Throws: when it can't be made.
    init() throws(Diagnostic) {
        let given = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        // The path stands within quotes of several kinds.
        let isPlain = given.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || UInt8(ascii: "-")...UInt8(ascii: "9") ~= byte
                || byte == UInt8(ascii: "_")
        }
        var name = Array("\(isPlain ? given : "/tmp")/millrace-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else {
            throw Diagnostic(
                .io,
                "cannot make a folder in \(isPlain ? given : "/tmp"): \(String(cString: strerror(errno)))")
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
