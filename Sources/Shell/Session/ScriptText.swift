import Diagnostics
import Glibc

/// The text of a script's file.
public enum ScriptText {
    private static let mostBytes = 64 << 20

    /// - Throws: when it can't be read, or is no UTF-8.
    public static func read(_ path: String) throws(Diagnostic) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault(path, errno) }
        defer { close(descriptor) }
        return try read(descriptor, named: path)
    }

    /// All that comes from a descriptor.
    static func read(_ descriptor: CInt, named name: String) throws(Diagnostic) -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR {
                if Interrupts.isInterrupted { throw ServerClient.cancelled }
                continue
            }
            guard count >= 0 else { throw fault(name, errno) }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= mostBytes else {
                throw Diagnostic(.limit, "\(name) has more than \(mostBytes >> 20) MiB")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Diagnostic(.malformedData, "\(name) is no UTF-8 text")
        }
        return text
    }

    private static func fault(_ path: String, _ number: CInt) -> Diagnostic {
        let reason = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        return Diagnostic(
            number == ENOENT ? .notFound : .io, "\(path) can't be read: \(reason)",
            hint: number == ENOENT ? "paths count from the folder that the shell was started in" : nil)
    }
}
