import Diagnostics
import Glibc

/// A directory of the file system: files are written under a hidden name, synced, and renamed.
///
/// The hidden name is `.millrace-PID-N.part`; after a crash such a file may be left over, and no reader
/// takes it for input.
public final class LocalDirectory: OutputDirectory {
    private let path: String
    private let descriptor: CInt
    private var file: CInt = -1
    private var partName = ""
    private var partNumber = 0

    /// Opens the directory.
    ///
    /// - Parameter creating: makes the directory and its parents when they are missing.
    /// - Throws: a diagnostic that says why files cannot be written there.
    public init(path: String, creating: Bool = true) throws(Diagnostic) {
        self.path = path
        if creating { try Self.make(path) }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Self.diagnostic(errno, "cannot open the directory \(path)", in: path)
        }
        guard faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0 else {
            let error = errno
            close(descriptor)
            throw Self.diagnostic(error, "cannot write files to \(path)", in: path)
        }
        // Last of all: from here on `deinit` closes it.
        self.descriptor = descriptor
    }

    deinit {
        discard()
        close(descriptor)
    }

    public func begin() throws(Diagnostic) {
        discard()
        repeat {
            partNumber += 1
            partName = ".millrace-\(getpid())-\(partNumber).part"
            file = openat(descriptor, partName, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        } while file < 0 && (errno == EEXIST || errno == EINTR)
        guard file >= 0 else { throw failure("cannot make a file in \(path)") }
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(file, part.baseAddress, part.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("cannot write to a file in \(path)")
            }
            rest = rest.dropFirst(count)
        }
    }

    public func publish(as name: String) throws(Diagnostic) -> Bool {
        guard fsync(file) == 0 else { throw failure("cannot sync a file in \(path)") }
        guard try give(name) else { return false }
        close(file)
        file = -1
        guard fsync(descriptor) == 0 else {
            throw Self.diagnostic(errno, "cannot sync the directory \(path)", in: path)
        }
        return true
    }

    public func discard() {
        guard file >= 0 else { return }
        close(file)
        file = -1
        unlinkat(descriptor, partName, 0)
    }

    /// Renames the open file unless the name is taken.
    private func give(_ name: String) throws(Diagnostic) -> Bool {
        // Readers watch for renames, so no link; the lock keeps two simulators that write here from
        // taking the same name.
        while flock(descriptor, LOCK_EX) != 0 {
            if errno != EINTR { throw failure("cannot lock the directory \(path)") }
        }
        defer { flock(descriptor, LOCK_UN) }
        if faccessat(descriptor, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 { return false }
        guard renameat(descriptor, partName, descriptor, name) == 0 else {
            throw failure("cannot name a file in \(path)")
        }
        return true
    }

    /// The diagnostic for `errno`; the open file is thrown away.
    private func failure(_ what: String) -> Diagnostic {
        let error = errno
        discard()
        return Self.diagnostic(error, what, in: path)
    }

    private static func make(_ path: String) throws(Diagnostic) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += (made.isEmpty || made.hasSuffix("/") ? "" : "/") + part
            if mkdir(made, 0o755) != 0, errno != EEXIST, errno != EISDIR {
                // A parent that may not be written to can still exist already.
                let error = errno
                if access(made, F_OK) != 0 {
                    throw diagnostic(error, "cannot make the directory \(made)", in: path)
                }
            }
        }
    }

    /// What to tell a person about an error number of the system.
    static func diagnostic(_ error: CInt, _ what: String, in path: String) -> Diagnostic {
        let reason = String(cString: strerror(error))
        let message = "\(what): \(reason)"
        switch error {
        case EACCES, EPERM, EROFS:
            return Diagnostic(
                .permission, message, expected: "a directory that this user may write to",
                hint: "choose another directory with --to, or change its owner or mode")
        case ENOSPC, EDQUOT:
            return Diagnostic(
                .outOfSpace, message, expected: "free space on the disk of \(path)",
                hint: "free space there, or choose a directory on another disk with --to; files that "
                    + "are there already are complete")
        case ENOENT:
            return Diagnostic(
                .notFound, message, expected: "a directory that exists", hint: "make it with mkdir -p \(path)"
            )
        case ENOTDIR:
            return Diagnostic(
                .invalidValue, message, expected: "a directory", hint: "choose another path with --to")
        default:
            return Diagnostic(.io, message)
        }
    }
}
