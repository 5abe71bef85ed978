import Glibc

/// The files of this machine, through POSIX calls.
public final class LocalFileSystem: FileSystem {
    public init() {}

    public func create(_ path: String) throws(StorageError) -> any WritableFile {
        try LocalWritableFile(path, flags: O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK)
    }

    public func append(to path: String) throws(StorageError) -> any WritableFile {
        try LocalWritableFile(path, flags: O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK)
    }

    public func open(_ path: String) throws(StorageError) -> any ReadableFile {
        try LocalReadableFile(path)
    }

    public func rename(_ path: String, to newPath: String) throws(StorageError) {
        if Glibc.rename(path, newPath) != 0 { throw .last(path) }
    }

    public func link(_ path: String, to newPath: String) throws(StorageError) {
        if Glibc.link(path, newPath) != 0 { throw .last(newPath) }
    }

    public func remove(_ path: String) throws(StorageError) {
        if Glibc.remove(path) != 0 { throw .last(path) }
    }

    public func truncate(_ path: String, to size: Int) throws(StorageError) {
        if Glibc.truncate(path, size) != 0 { throw .last(path) }
    }

    public func createDirectory(_ path: String) throws(StorageError) {
        let parent = Path.directory(of: path)
        if mkdir(path, 0o777) == 0 { return try synchroniseDirectory(parent) }
        let code = errno
        if code == EEXIST {
            if try status(path)?.isDirectory == true { return }
            throw .invalid(path: path, reason: "it is a file, where a directory is needed")
        }
        guard code == ENOENT, parent != path, parent != "." else { throw .errno(code, path) }
        try createDirectory(parent)
        // Another process may have made it meanwhile.
        if mkdir(path, 0o777) != 0, errno != EEXIST { throw .last(path) }
        try synchroniseDirectory(parent)
    }

    public func createDirectories(_ paths: [String], in parent: String) throws(StorageError) {
        try createDirectory(parent)
        for path in paths where mkdir(path, 0o777) != 0 {
            let code = errno
            if code == EEXIST, try status(path)?.isDirectory == true { continue }
            throw .errno(code, path)
        }
        try synchroniseDirectory(parent)
    }

    public func list(_ path: String) throws(StorageError) -> [DirectoryEntry] {
        guard let directory = opendir(path) else { throw .last(path) }
        defer { closedir(directory) }
        var entries: [DirectoryEntry] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            var isDirectory = Int32(entry.pointee.d_type) == Int32(DT_DIR)
            if Int32(entry.pointee.d_type) == Int32(DT_UNKNOWN)
                || Int32(entry.pointee.d_type) == Int32(DT_LNK)
            {
                isDirectory = try status(Path.join(path, name))?.isDirectory ?? false
            }
            entries.append(DirectoryEntry(name: name, isDirectory: isDirectory))
        }
        return entries
    }

    public func status(_ path: String) throws(StorageError) -> FileStatus? {
        var status = stat()
        if stat(path, &status) != 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .last(path)
        }
        return FileStatus(status)
    }

    public func synchroniseDirectory(_ path: String) throws(StorageError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last(path) }
        defer { Glibc.close(descriptor) }
        if fsync(descriptor) != 0 { throw .last(path) }
    }

    public func diskFlush(of directory: String) -> (any DiskFlush)? { LocalDiskFlush(directory) }
}

private final class LocalWritableFile: WritableFile {
    private let path: String
    private var descriptor: Int32
    private(set) var size: Int

    init(_ path: String, flags: Int32) throws(StorageError) {
        self.path = path
        descriptor = Glibc.open(path, flags, 0o666)
        size = 0
        guard descriptor >= 0 else { throw .last(path) }
        var status = stat()
        if fstat(descriptor, &status) == 0, FileStatus(status).isSpecial {
            close()
            throw .special(path)
        }
        size = lseek(descriptor, 0, SEEK_END)
    }

    deinit { close() }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            if count < 0 {
                if errno == EINTR { continue }
                throw .last(path)
            }
            written += count
            size += count
        }
    }

    func synchronise() throws(StorageError) {
        if fdatasync(descriptor) != 0 { throw .last(path) }
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}

// The descriptor is set once and closed once, by the last owner or by `close`; reads are positional.
private final class LocalReadableFile: ReadableFile, @unchecked Sendable {
    private let path: String
    private var descriptor: Int32

    init(_ path: String) throws(StorageError) {
        self.path = path
        // Without waiting for somebody who writes into it, where it is a pipe.
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .last(path) }
        let status = try status()
        if status.isDirectory || status.isSpecial {
            close()
            throw status.isSpecial
                ? .special(path)
                : .invalid(path: path, reason: "it is a directory, where a file is needed")
        }
    }

    deinit { close() }

    func size() throws(StorageError) -> Int { try status().size }

    func status() throws(StorageError) -> FileStatus {
        var status = stat()
        if fstat(descriptor, &status) != 0 { throw .last(path) }
        return FileStatus(status)
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, offset + filled)
            if count < 0 {
                if errno == EINTR { continue }
                throw .last(path)
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}

extension FileStatus {
    init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int(status.st_size),
            modificationNanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000
                + Int64(status.st_mtim.tv_nsec),
            isDirectory: status.st_mode & S_IFMT == S_IFDIR,
            isSpecial: ![S_IFDIR, S_IFREG].contains(status.st_mode & S_IFMT))
    }
}

extension StorageError {
    /// The error that the last failed POSIX call left in `errno`.
    static func last(_ path: String) -> StorageError { errno(Glibc.errno, path) }

    static func special(_ path: String) -> StorageError {
        .invalid(path: path, reason: "it is a pipe, a socket or a device, where a file is needed")
    }

    static func errno(_ code: Int32, _ path: String) -> StorageError {
        switch code {
        case ENOENT: return .missing(path: path)
        case EEXIST: return .exists(path: path)
        case ENOTDIR: return .invalid(path: path, reason: "a part of the path is a file, not a directory")
        // A pipe that nobody reads, or a socket.
        case ENXIO: return special(path)
        case ENOTEMPTY: return .invalid(path: path, reason: "it is a directory that is not empty")
        case EISDIR: return .invalid(path: path, reason: "it is a directory, where a file is needed")
        case ENAMETOOLONG: return .invalid(path: path, reason: "the name is too long")
        default: return .unavailable(path: path, reason: String(cString: strerror(code)).lowercased())
        }
    }
}
