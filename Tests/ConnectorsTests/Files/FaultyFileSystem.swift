import Storage
import Synchronization

/// The local files, some of which cannot be opened.
final class FaultyFileSystem: FileSystem {
    let unreadable: Mutex<Set<String>>
    private let files = LocalFileSystem()

    init(unreadable: Set<String>) { self.unreadable = Mutex(unreadable) }

    func open(_ path: String) throws(StorageError) -> any ReadableFile {
        let isUnreadable = unreadable.withLock { $0.contains(path) }
        if isUnreadable { throw .unavailable(path: path, reason: "permission denied") }
        return try files.open(path)
    }

    func create(_ path: String) throws(StorageError) -> any WritableFile { try files.create(path) }
    func append(to path: String) throws(StorageError) -> any WritableFile { try files.append(to: path) }
    func rename(_ path: String, to newPath: String) throws(StorageError) {
        try files.rename(path, to: newPath)
    }
    func link(_ path: String, to newPath: String) throws(StorageError) { try files.link(path, to: newPath) }
    func remove(_ path: String) throws(StorageError) { try files.remove(path) }
    func truncate(_ path: String, to size: Int) throws(StorageError) { try files.truncate(path, to: size) }
    func createDirectory(_ path: String) throws(StorageError) { try files.createDirectory(path) }
    func list(_ path: String) throws(StorageError) -> [DirectoryEntry] { try files.list(path) }
    func status(_ path: String) throws(StorageError) -> FileStatus? { try files.status(path) }
    func synchroniseDirectory(_ path: String) throws(StorageError) { try files.synchroniseDirectory(path) }
}
