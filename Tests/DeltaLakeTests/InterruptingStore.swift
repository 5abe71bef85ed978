import Foundation
import Storage

/// A store that lets something else happen once, just before a data file is put, or that fails after some
/// deletions.
final class InterruptingStore: ObjectStore, @unchecked Sendable {
    private let base: any ObjectStore
    private let lock = NSLock()
    private var interruption: (() throws -> Void)?

    private var deletions: Int
    private var changes: Int

    /// - Parameters:
    ///   - deletions: so many succeed before the power goes.
    ///   - changes: so many of any kind succeed.
    init(_ base: any ObjectStore, deletions: Int = .max, changes: Int = .max) {
        self.base = base
        self.deletions = deletions
        self.changes = changes
    }

    private func change(_ name: String) throws(StorageError) {
        let isLeft = lock.withLock { () -> Bool in
            changes -= 1
            return changes >= 0
        }
        if !isLeft { throw .unavailable(path: name, reason: "the power is gone") }
    }

    func interruptOnce(_ interruption: @escaping () throws -> Void) {
        lock.withLock { self.interruption = interruption }
    }

    var location: String { base.location }

    func put(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        let now = lock.withLock { () -> (() throws -> Void)? in
            guard name.hasSuffix(".parquet"), !name.hasPrefix("_delta_log/") else { return nil }
            defer { interruption = nil }
            return interruption
        }
        do {
            try now?()
        } catch {
            throw .invalid(path: name, reason: "the interruption failed: \(error)")
        }
        try change(name)
        try base.put(name, bytes)
    }

    func putIfAbsent(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        try change(name)
        try base.putIfAbsent(name, bytes)
    }

    func get(_ name: String) throws(StorageError) -> [UInt8] { try base.get(name) }

    func list(prefix: String, after: String?) throws(StorageError) -> [StoredObject] {
        try base.list(prefix: prefix, after: after)
    }

    func delete(_ name: String) throws(StorageError) {
        let isLeft = lock.withLock { () -> Bool in
            deletions -= 1
            return deletions >= 0
        }
        guard isLeft else { throw .unavailable(path: name, reason: "the power is gone") }
        try change(name)
        try base.delete(name)
    }
}
