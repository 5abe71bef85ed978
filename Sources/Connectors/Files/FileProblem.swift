import Diagnostics
import Formats
import Storage

/// The words for what can be wrong with a file that is read.
enum FileProblem {
    static func overlong(_ path: String, at offset: Int, limit: Int) -> Diagnostic {
        Diagnostic(
            .limit, "a record of \(path) at byte \(offset) is longer than \(limit) bytes",
            expected: "at most 'max.record.bytes' bytes between two line ends",
            hint: "raise 'max.record.bytes', or mend the file")
    }

    static func badHeader(_ path: String, _ error: HeaderError) -> Diagnostic {
        let found = error.diagnostic
        return Diagnostic(
            found.code, "\(path): \(found.message)", expected: found.expected ?? "the names of the columns",
            hint: found.hint ?? "mend the header; the file is read when it has changed")
    }

    static func vanished(_ path: String) -> Diagnostic {
        Diagnostic(
            .notFound, "\(path) was removed before it was read",
            hint: "put the file back, and remove files only when they are read ('after' = 'delete')")
    }

    static func replaced(_ path: String) -> Diagnostic {
        Diagnostic(
            .conflict, "\(path) was replaced by another file before it was read",
            expected: "files that are written once or appended to",
            hint: "write each new file under a new name")
    }

    static func shrunk(_ path: String, from: Int, to size: Int) -> Diagnostic {
        Diagnostic(
            .conflict, "\(path) was cut from \(from) to \(size) bytes while it was read",
            expected: "files that are written once or appended to",
            hint: "write each new file under a new name; what is appended from now on is read")
    }

    static func damaged(_ path: String, at offset: Int, _ reason: String?) -> Diagnostic {
        guard let reason else {
            return Diagnostic(
                .corrupt, "the compressed data of \(path) break off behind byte \(offset) of its contents",
                hint: "compress the file again; it is read on when it grows")
        }
        return Diagnostic(
            .corrupt, "\(path) cannot be read on behind byte \(offset) of its contents: \(reason)",
            hint: "replace the file by a sound one under a new name")
    }

    static func unreadable(_ path: String, _ reason: String) -> Diagnostic {
        Diagnostic(
            .io, "\(path) cannot be read: \(reason)",
            hint:
                "check its permissions and the disk; it is tried again when it changes and at the next start")
    }

    static func of(_ error: StorageError, _ path: String) -> Diagnostic {
        if case .missing = error { return vanished(path) }
        return unreadable(path, error.reason)
    }
}
