import Synchronization

/// Files in memory that lose, when the power goes, all that the contract of `FileSystem` lets them lose.
///
/// Every call that would change a disk is an operation and has a number, from 1 on; faults are set by number.
/// A write that fails may have written half. `crash` gives the files after the reboot; this object stays
/// dark. Operations of one thread are reproducible; times are a count of operations, in microseconds.
public final class SimulatedFileSystem: FileSystem, @unchecked Sendable {
    // Guards all that follows. The nodes of the disk are never touched without it.
    private let lock = Mutex(())
    private var disk: SimulatedDisk
    private var operations = 0
    private var crashOperation = Int.max
    private var isDark = false
    private var failures: [Int: StorageError] = [:]
    private var capacityBytes = Int.max
    private var isFlushBelieved = true
    private var readOnly: Set<[SimulatedNode.Name]> = []

    public init() { disk = SimulatedDisk() }

    private init(_ disk: SimulatedDisk) { self.disk = disk }

    /// Operations made so far; the next one has the number after this.
    public var operationCount: Int { lock.withLock { _ in operations } }

    /// Bytes of all files.
    public var usedBytes: Int { lock.withLock { _ in disk.usedBytes } }

    /// The operation of this number throws `error`, those behind it work again.
    public func failAt(_ operation: Int, _ error: StorageError) {
        lock.withLock { _ in failures[operation] = error }
    }

    /// From the operation of this number on every call, reading or writing, throws: `isPowerLoss`.
    public func crashAt(_ operation: Int) {
        lock.withLock { _ in crashOperation = operation }
    }

    /// Writes that would bring all files above `bytes` fail; nil takes the limit away.
    public func limitCapacity(_ bytes: Int?) {
        lock.withLock { _ in capacityBytes = bytes ?? .max }
    }

    /// Below a read-only directory nothing can be written, created, renamed or removed.
    public func setReadOnly(_ directory: String, _ isReadOnly: Bool) {
        lock.withLock { _ in
            let parts = SimulatedDisk.parts(of: directory)
            if isReadOnly { readOnly.insert(parts) } else { readOnly.remove(parts) }
        }
    }

    /// Changes a byte of a file behind everybody's back, as a bad disk does.
    public func damage(_ path: String, at offset: Int, flipping bits: UInt8) throws(StorageError) {
        try locked { () throws(StorageError) in
            let node = try existingFile(path)
            guard node.bytes.indices.contains(offset) else {
                throw .invalid(path: path, reason: "there is no byte \(offset)")
            }
            node.bytes[offset] ^= bits
        }
    }

    /// Takes the power: the files as they are after the reboot, the same for the same seed and operations.
    ///
    /// What was not synchronised is lost, or kept, or kept in part: a prefix of a file's new bytes (its end
    /// perhaps zeros), a subset of the changes of names. Faults and limits are not taken over.
    public func crash(seed: UInt64) -> SimulatedFileSystem {
        lock.withLock { _ in
            isDark = true
            return SimulatedFileSystem(disk.afterCrash(seed: seed))
        }
    }

    public func create(_ path: String) throws(StorageError) -> any WritableFile {
        try operation(path) { () throws(StorageError) in
            guard let node = disk.node(at: path) else {
                let node = try disk.makeFile(path)
                node.modificationNanoseconds = now
                return SimulatedWritableFile(path, node, self)
            }
            guard !node.isDirectory else { throw isDirectory(path) }
            disk.cut(node, to: 0)
            node.modificationNanoseconds = now
            return SimulatedWritableFile(path, node, self)
        }
    }

    public func append(to path: String) throws(StorageError) -> any WritableFile {
        try operation(path) { () throws(StorageError) in
            if disk.node(at: path) == nil { try disk.makeFile(path).modificationNanoseconds = now }
            return SimulatedWritableFile(path, try existingFile(path), self)
        }
    }

    public func open(_ path: String) throws(StorageError) -> any ReadableFile {
        try locked { () throws(StorageError) in
            SimulatedReadableFile(path, try existingFile(path), self)
        }
    }

    public func rename(_ path: String, to newPath: String) throws(StorageError) {
        try operation(path, newPath) { () throws(StorageError) in try disk.rename(path, to: newPath) }
    }

    public func link(_ path: String, to newPath: String) throws(StorageError) {
        try operation(newPath) { () throws(StorageError) in try disk.link(path, to: newPath) }
    }

    public func remove(_ path: String) throws(StorageError) {
        try operation(path) { () throws(StorageError) in try disk.remove(path) }
    }

    public func truncate(_ path: String, to size: Int) throws(StorageError) {
        try operation(path) { () throws(StorageError) in
            let node = try existingFile(path)
            node.modificationNanoseconds = now
            if size <= node.bytes.count { return disk.cut(node, to: size) }
            let zeros = [UInt8](repeating: 0, count: size - node.bytes.count)
            zeros.withUnsafeBytes { disk.append($0, to: node) }
        }
    }

    public func createDirectory(_ path: String) throws(StorageError) {
        try operation(path) { () throws(StorageError) in try disk.makeDirectory(path) }
    }

    public func list(_ path: String) throws(StorageError) -> [DirectoryEntry] {
        try locked { () throws(StorageError) in
            try existingDirectory(path).entries.map {
                DirectoryEntry(
                    name: String(decoding: $0.key, as: UTF8.self), isDirectory: $0.value.isDirectory)
            }
        }
    }

    public func status(_ path: String) throws(StorageError) -> FileStatus? {
        try locked { () throws(StorageError) in disk.node(at: path).map(SimulatedFileSystem.status) }
    }

    public func synchroniseDirectory(_ path: String) throws(StorageError) {
        try operation(path) { () throws(StorageError) in disk.synchronise(try existingDirectory(path)) }
    }

    public func diskFlush(of directory: String) -> (any DiskFlush)? { SimulatedDiskFlush(self) }
}

/// What open files ask of their file system.
extension SimulatedFileSystem {
    func size(of node: SimulatedNode) -> Int { lock.withLock { _ in node.bytes.count } }

    func currentStatus(of node: SimulatedNode) throws(StorageError) -> FileStatus {
        try locked { () throws(StorageError) in SimulatedFileSystem.status(node) }
    }

    func read(
        _ node: SimulatedNode, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StorageError) -> Int {
        try locked { () throws(StorageError) in
            guard offset >= 0, offset < node.bytes.count else { return 0 }
            let count = min(buffer.count, node.bytes.count - offset)
            node.bytes.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
            }
            return count
        }
    }

    func write(
        _ bytes: UnsafeRawBufferPointer, to node: SimulatedNode, _ path: String
    ) throws(StorageError) {
        // A write that fails may have written a part.
        let half = UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2))
        try operation(path, onFailure: { disk.append(half, to: node) }) { () throws(StorageError) in
            let room = node.links > 0 ? max(0, capacityBytes - disk.usedBytes) : Int.max
            disk.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(room)), to: node)
            node.modificationNanoseconds = now
            if bytes.count > room {
                throw .unavailable(path: path, reason: "no space left on device")
            }
        }
    }

    /// Whether it was done; after one that failed none is, as each file may have lost something.
    func synchroniseAll() -> Bool {
        do throws(StorageError) {
            try operation { () throws(StorageError) in
                if !isFlushBelieved { throw .unavailable(path: "/", reason: "an error before this one") }
                disk.synchroniseAll()
            }
            return true
        } catch {
            lock.withLock { _ in isFlushBelieved = false }
            return false
        }
    }

    func synchronise(_ node: SimulatedNode, _ path: String) throws(StorageError) {
        try operation(path) { () throws(StorageError) in node.synchronise() }
    }
}

extension SimulatedFileSystem {
    static let device: UInt64 = 1
    private var now: Int64 { Int64(operations) * 1000 }

    private static func status(_ node: SimulatedNode) -> FileStatus {
        FileStatus(
            device: device, inode: node.number, size: node.bytes.count,
            modificationNanoseconds: node.modificationNanoseconds, isDirectory: node.isDirectory)
    }

    private func existingFile(_ path: String) throws(StorageError) -> SimulatedNode {
        let (directory, name) = try disk.place(of: path)
        guard let node = directory.entries[name] else { throw .missing(path: path) }
        guard !node.isDirectory else { throw isDirectory(path) }
        return node
    }

    private func existingDirectory(_ path: String) throws(StorageError) -> SimulatedNode {
        guard let node = disk.node(at: path) else { throw .missing(path: path) }
        guard node.isDirectory else {
            throw .invalid(path: path, reason: "a part of the path is a file, not a directory")
        }
        return node
    }

    private func isDirectory(_ path: String) -> StorageError {
        .invalid(path: path, reason: "it is a directory, where a file is needed")
    }

    private func locked<Result>(
        _ body: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        lock._unsafeLock()
        defer { lock._unsafeUnlock() }
        if isDark { throw .powerLost }
        return try body()
    }

    /// Runs a mutating call: counts it, and lets the faults that are set have it.
    private func operation<Result>(
        _ paths: String..., onFailure: () -> Void = {}, body: () throws(StorageError) -> Result
    ) throws(StorageError) -> Result {
        try locked { () throws(StorageError) in
            operations += 1
            if operations >= crashOperation {
                isDark = true
                throw .powerLost
            }
            if let error = failures[operations] {
                onFailure()
                throw error
            }
            for path in paths where !readOnly.isEmpty {
                let parts = SimulatedDisk.parts(of: path)
                if readOnly.contains(where: { parts.starts(with: $0) }) {
                    throw .unavailable(path: path, reason: "read-only file system")
                }
            }
            return try body()
        }
    }
}

extension StorageError {
    static let powerLost = StorageError.unavailable(path: "", reason: "power lost")

    /// Whether a simulated power loss caused it, so that a run can be unwound without further attempts.
    public var isPowerLoss: Bool { self == .powerLost }
}
