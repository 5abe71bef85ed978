import Diagnostics

/// Where a registry keeps its changes.
///
/// The contract: `append` returns when the changes will outlive a crash, all of them or none; `changes`
/// gives back all that were appended, in order. Called by one thread at a time.
public protocol RegistryStorage: Sendable {
    func changes() throws(Diagnostic) -> [RegistryChange]
    func append(_ changes: [RegistryChange]) throws(Diagnostic)
}
