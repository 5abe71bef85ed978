/// Why a file operation failed, told by what the caller can do next.
public enum StorageError: Error, Equatable, Sendable {
    /// There is no such file or directory.
    case missing(path: String)
    /// The name is taken: somebody else was first.
    case exists(path: String)
    /// May work later without anybody changing the program: no space, read-only, no permission, I/O error.
    case unavailable(path: String, reason: String)
    /// Will not work: a path that is no path, a directory where a file is expected.
    case invalid(path: String, reason: String)

    public var path: String {
        switch self {
        case .missing(let path), .exists(let path), .unavailable(let path, _), .invalid(let path, _):
            return path
        }
    }

    /// In words, without the path: `no space left on device`.
    public var reason: String {
        switch self {
        case .missing: return "there is no such file or directory"
        case .exists: return "it exists already"
        case .unavailable(_, let reason), .invalid(_, let reason): return reason
        }
    }
}
