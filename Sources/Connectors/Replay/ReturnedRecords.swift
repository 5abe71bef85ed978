import Synchronization

/// Records that are not in bronze since they did not fit when they came; those that fit now are added to it.
final class ReturnedRecords: Sendable {
    /// Place and clock of a record in its file.
    struct Key: Hashable, Sendable {
        let offset: Int64
        let clock: Int64
    }

    private let byFile = Mutex<[String: Set<Key>]>([:])

    func add(_ key: Key, file: String) { byFile.withLock { _ = $0[file, default: []].insert(key) } }

    var isEmpty: Bool { byFile.withLock { $0.isEmpty } }

    /// nil where no record of the file is among them.
    func keys(of file: String) -> Set<Key>? { byFile.withLock { $0[file] } }
}
