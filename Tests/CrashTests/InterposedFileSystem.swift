import Storage

/// Stands before a file system and sees each operation; may leave one out and say that it was done.
final class InterposedFileSystem: FileSystem {
    enum Operation: Sendable {
        case create, append, write, synchronise, rename, link, remove, truncate, createDirectory,
            synchroniseDirectory
    }

    /// False: the operation is not done, and nobody is told.
    typealias Pass = @Sendable (Operation, _ path: String) -> Bool

    private let inner: any FileSystem
    private let passes: Pass

    init(_ inner: any FileSystem, passes: @escaping Pass) {
        self.inner = inner
        self.passes = passes
    }

    func create(_ path: String) throws(StorageError) -> any WritableFile {
        _ = passes(.create, path)
        return InterposedFile(try inner.create(path), path, passes)
    }

    func append(to path: String) throws(StorageError) -> any WritableFile {
        _ = passes(.append, path)
        return InterposedFile(try inner.append(to: path), path, passes)
    }

    func open(_ path: String) throws(StorageError) -> any ReadableFile { try inner.open(path) }

    func rename(_ path: String, to newPath: String) throws(StorageError) {
        if passes(.rename, newPath) { try inner.rename(path, to: newPath) }
    }

    func link(_ path: String, to newPath: String) throws(StorageError) {
        if passes(.link, newPath) { try inner.link(path, to: newPath) }
    }

    func remove(_ path: String) throws(StorageError) { if passes(.remove, path) { try inner.remove(path) } }

    func truncate(_ path: String, to size: Int) throws(StorageError) {
        if passes(.truncate, path) { try inner.truncate(path, to: size) }
    }

    func createDirectory(_ path: String) throws(StorageError) {
        if passes(.createDirectory, path) { try inner.createDirectory(path) }
    }

    func list(_ path: String) throws(StorageError) -> [DirectoryEntry] { try inner.list(path) }

    func status(_ path: String) throws(StorageError) -> FileStatus? { try inner.status(path) }

    func synchroniseDirectory(_ path: String) throws(StorageError) {
        if passes(.synchroniseDirectory, path) { try inner.synchroniseDirectory(path) }
    }
}

private final class InterposedFile: WritableFile {
    private let inner: any WritableFile
    private let path: String
    private let passes: InterposedFileSystem.Pass

    init(_ inner: any WritableFile, _ path: String, _ passes: @escaping InterposedFileSystem.Pass) {
        self.inner = inner
        self.path = path
        self.passes = passes
    }

    var size: Int { inner.size }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        if passes(.write, path) { try inner.write(bytes) }
    }

    func synchronise() throws(StorageError) { if passes(.synchronise, path) { try inner.synchronise() } }

    func close() { inner.close() }
}
