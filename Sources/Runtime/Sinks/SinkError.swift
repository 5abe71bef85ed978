import Columnar
import Diagnostics
import Planning

/// Why a sink could not do its work, told by what the caller does next.
public enum SinkError: Error, Sendable {
    /// The target is away or full: wait and try again; nothing is lost.
    case unavailable(Diagnostic)
    /// Somebody must do something first: stop.
    case refused(Diagnostic)

    public var diagnostic: Diagnostic {
        switch self {
        case .unavailable(let diagnostic), .refused(let diagnostic): return diagnostic
        }
    }
}
