/// The files below everything durable, so that tests can take the power away.
///
/// Contract, and what a crash may lose:
/// - Bytes written to a file are durable only after `WritableFile.synchronise`.
/// - A created, renamed, linked or removed name is durable only after `synchroniseDirectory` of its
///   directory; a directory is when `createDirectory` returns.
/// - `rename` and `link` are atomic: after a crash the name has the old or the new file, never a mixture.
///
/// Paths are absolute or relative to the working directory, with `/` between parts. Safe to use from many
/// threads.
public protocol FileSystem: AnyObject, Sendable {
    /// A new, empty file; one that exists is replaced when it is closed or written to.
    func create(_ path: String) throws(StorageError) -> any WritableFile
    /// Opens for appending, creating the file if there is none.
    func append(to path: String) throws(StorageError) -> any WritableFile
    func open(_ path: String) throws(StorageError) -> any ReadableFile
    /// Gives the file a new name, replacing what had it.
    func rename(_ path: String, to newPath: String) throws(StorageError)
    /// Gives the file a second name; `exists` when that is taken. The atomic test-and-set of this protocol.
    func link(_ path: String, to newPath: String) throws(StorageError)
    /// Removes a file, or a directory that is empty. A missing one is an error.
    func remove(_ path: String) throws(StorageError)
    /// Cuts a file to `size` bytes.
    func truncate(_ path: String, to size: Int) throws(StorageError)
    /// Creates the directory and those above it, durably; no error if it is there.
    func createDirectory(_ path: String) throws(StorageError)
    /// The same for many directories of one parent, which is there or made.
    func createDirectories(_ paths: [String], in parent: String) throws(StorageError)
    /// The entries of a directory, in no particular order, without `.` and `..`.
    func list(_ path: String) throws(StorageError) -> [DirectoryEntry]
    /// nil when there is no such file.
    func status(_ path: String) throws(StorageError) -> FileStatus?
    /// Makes the directory's entries durable.
    func synchroniseDirectory(_ path: String) throws(StorageError)
    /// What makes all durable at once that is written from now on to the file system of a directory; nil
    /// where there is no such call, or none that can be believed.
    func diskFlush(of directory: String) -> (any DiskFlush)?
}

extension FileSystem {
    public func createDirectories(_ paths: [String], in parent: String) throws(StorageError) {
        try createDirectory(parent)
        for path in paths { try createDirectory(path) }
    }

    public func diskFlush(of directory: String) -> (any DiskFlush)? { nil }

    /// Removes a directory with all that is in it; no error if it is not there.
    public func removeTree(_ path: String) throws(StorageError) {
        guard let status = try status(path) else { return }
        if status.isDirectory {
            for entry in try list(path) { try removeTree(Path.join(path, entry.name)) }
        }
        try remove(path)
    }

    /// The whole contents of a file.
    public func read(_ path: String) throws(StorageError) -> [UInt8] {
        let file = try open(path)
        defer { file.close() }
        let size = try file.size()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        let count = try file.read(at: 0, into: buffer)
        return Array(buffer[..<count])
    }

    /// Writes a file so that after a crash it is there whole, or not at all (or the one before it).
    ///
    /// Writes beside, synchronises, renames, synchronises the directory.
    public func writeAtomically(_ text: String, to path: String) throws(StorageError) {
        var outcome: Result<Void, StorageError> = .success(())
        Array(text.utf8).withUnsafeBytes { bytes in
            do throws(StorageError) { try writeAtomically(bytes, to: path) } catch {
                outcome = .failure(error)
            }
        }
        try outcome.get()
    }

    /// The same for bytes.
    public func writeAtomically(_ bytes: UnsafeRawBufferPointer, to path: String) throws(StorageError) {
        let temporary = path + ".tmp"
        let file = try create(temporary)
        do throws(StorageError) {
            try file.write(bytes)
            try file.synchronise()
            file.close()
        } catch {
            file.close()
            try? remove(temporary)
            throw error
        }
        try rename(temporary, to: path)
        try synchroniseDirectory(Path.directory(of: path))
    }
}
