import Diagnostics
import Synchronization

/// Keeps a registry's changes in memory: for a pipeline's own registry, whose schemas its statements make.
public final class MemoryRegistryStorage: RegistryStorage {
    private let kept: Mutex<[RegistryChange]>

    public init() { kept = Mutex([]) }

    /// Holds these from the start.
    init(_ changes: [RegistryChange]) { kept = Mutex(changes) }

    public func changes() throws(Diagnostic) -> [RegistryChange] { kept.withLock { $0 } }

    public func append(_ changes: [RegistryChange]) throws(Diagnostic) {
        kept.withLock { $0 += changes }
    }
}
