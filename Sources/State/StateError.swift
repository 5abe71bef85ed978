import Storage

/// Why state cannot be read or written, told by what the caller does next.
public enum StateError: Error, Equatable, Sendable {
    /// The bytes are not what was written: stop; rebuild the state from the input.
    case corrupt(path: String, reason: String)
    /// Another version or another plan wrote it: stop; use that one, or rebuild.
    case incompatible(path: String, reason: String)
    /// The disk said no: what is in memory is still right, and the call can be made again.
    case storage(StorageError)

    /// What is wrong and where, in words.
    public var message: String {
        switch self {
        case .corrupt(let path, let reason): return "the state in \(path) is damaged: \(reason)"
        case .incompatible(let path, let reason): return "the state in \(path) cannot be used: \(reason)"
        case .storage(let error): return "\(error.path): \(error.reason)"
        }
    }

    /// What a person can do about it.
    public var hint: String {
        switch self {
        case .corrupt:
            return "restore the directory from a copy, or remove it to rebuild the state from the input"
        case .incompatible:
            return "run the version or plan that wrote it, or remove the directory to rebuild the state"
        case .storage: return "make room or repair the disk; the run goes on from its last epoch"
        }
    }
}
