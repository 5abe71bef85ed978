import Diagnostics
import Storage

/// Why something with a Delta table failed, told by what the caller can do next.
public enum DeltaError: Error, Equatable, Sendable {
    /// There is no table here.
    case missing(Diagnostic)
    /// Will not work until a person changes something: another schema, a feature that is not understood, a
    /// target of another instance.
    case refused(Diagnostic)
    /// Somebody else changed what this change was based on: do it again from the table as it is now.
    case conflict(Diagnostic)
    /// The table's own files contradict each other or cannot be read.
    case corrupt(Diagnostic)
    /// May work later: the store does not answer, is full or read-only.
    case unavailable(Diagnostic)

    /// What a person reads.
    public var diagnostic: Diagnostic {
        switch self {
        case .missing(let diagnostic), .refused(let diagnostic), .conflict(let diagnostic),
            .corrupt(let diagnostic), .unavailable(let diagnostic):
            return diagnostic
        }
    }

    static func storage(_ error: StorageError, doing what: String) -> DeltaError {
        switch error {
        case .unavailable(let path, let reason):
            let code: DiagnosticCode =
                reason.contains("space")
                ? .outOfSpace : reason.contains("permission") ? .permission : .unavailable
            return .unavailable(
                Diagnostic(
                    code, "\(what) failed at \(path): \(reason)",
                    hint: "the step is repeated; mend the cause, or stop and start again later"))
        case .missing(let path), .exists(let path), .invalid(let path, _):
            return .corrupt(Diagnostic(.io, "\(what) failed at \(path): \(error.reason)"))
        }
    }

    static func corrupt(_ message: String, hint: String? = nil) -> DeltaError {
        .corrupt(Diagnostic(.corrupt, message, hint: hint))
    }
}
