import Diagnostics
import Glibc

/// A lock on a file, as long as the value lives; the kernel lets go of it when the process ends.
///
/// Also two values of one process keep each other out.
public final class FileLock: Sendable {
    public let path: String
    private let descriptor: Int32

    private init(_ path: String, _ descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// nil when somebody else has it, or when the file is not there and is not to be made.
    ///
    /// - Parameter isShared: others may have it shared too.
    public static func take(
        _ path: String, isShared: Bool = false, makes: Bool = true
    ) throws(Diagnostic) -> FileLock? {
        let flags = makes ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDWR | O_CLOEXEC
        let descriptor = open(path, flags, 0o666)
        guard descriptor >= 0 else {
            if errno == ENOENT, !makes { return nil }
            throw failure(path, errno)
        }
        guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK || code == EINTR { return nil }
            throw failure(path, code)
        }
        return FileLock(path, descriptor)
    }

    /// Whether its path still names the locked file, and not another one or none.
    public var isInPlace: Bool {
        var (own, there) = (stat(), stat())
        return fstat(descriptor, &own) == 0 && lstat(path, &there) == 0 && own.st_ino == there.st_ino
            && own.st_dev == there.st_dev
    }

    /// Makes this text the file's content.
    public func write(_ text: String) {
        ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    private static func failure(_ path: String, _ code: Int32) -> Diagnostic {
        Diagnostic(
            .state, "\(path) can't be locked: \(String(cString: strerror(code)).lowercased())",
            hint: "check the permissions of the state directory, or give another one with --state")
    }
}
