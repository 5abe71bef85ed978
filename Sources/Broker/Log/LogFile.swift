import Storage
import Synchronization

/// The file of a segment, opened when it is needed and closed when others need the descriptors more.
///
/// Thread-safe; reads wait neither for writes nor for the disk.
final class LogFile: @unchecked Sendable {
    let path: String
    private let pool: OpenFiles
    /// Held while the writer is made durable, so that nobody closes it, and nobody asks again before an error
    /// is noted. Before `writing`.
    private let synchronising = Mutex(())
    private let writing = Mutex(())
    private var writer: (any WritableFile)?
    /// Calls that wrote to it, and how many of them are durable. Under `writing`.
    private var writes = 0
    private var durableWrites = 0
    /// The first fsync that failed. The system tells of an error once, and may have dropped the bytes: one
    /// that succeeds after it means nothing. Under `synchronising`, as every fsync is.
    private var syncFailure: StorageError?
    private let reading = Mutex(())
    private var reader: (any ReadableFile)?
    private var isPinned = false
    private var isRetired = false
    private let use = Atomic<UInt64>(0)

    init(_ path: String, _ pool: OpenFiles) {
        self.path = path
        self.pool = pool
    }

    var lastUse: UInt64 { use.load(ordering: .relaxed) }

    /// Adds to the end of the file; after a throw a part may be there.
    func append(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        try withWriter { writer throws(StorageError) in
            writes += 1
            try writer.write(bytes)
        }
    }

    /// Makes all durable that was written, also by a process before this one.
    func synchronise() throws(StorageError) {
        synchronising._unsafeLock()
        defer { synchronising._unsafeUnlock() }
        try withWriter { writer throws(StorageError) in
            try synchronise(writer)
            durableWrites = writes
        }
    }

    /// Under the lock of synchronising.
    private func synchronise(_ writer: any WritableFile) throws(StorageError) {
        if let syncFailure { throw syncFailure }
        do throws(StorageError) {
            try pool.sharedFlush.timed { () throws(StorageError) in try writer.synchronise() }
        } catch {
            syncFailure = error
            throw error
        }
    }

    /// As `synchronise`, but appends go on meanwhile; what was written before the call is durable after it.
    func synchroniseBesideAppends() throws(StorageError) {
        synchronising._unsafeLock()
        defer { synchronising._unsafeUnlock() }
        // It is about to be removed, and must not be made anew: whoever retires it waits for this lock.
        if reading.withLock({ _ in isRetired }) { return }
        var open: (any WritableFile)?
        var written = 0
        try withWriter { writer throws(StorageError) in
            open = writer
            written = writes
        }
        if let open { try synchronise(open) }
        writing.withLock { _ in durableWrites = max(durableWrites, written) }
    }

    /// How many writes there were, for `settle`; nil where none of them waits for the disk, or somebody is
    /// writing.
    var dirtyWrites: Int? {
        writing.withLockIfAvailable { _ in
            writer == nil || durableWrites == writes ? nil : writes
        } ?? nil
    }

    /// The same, unless somebody is making it durable: who asks may be doing so with another file.
    func settleIfIdle(_ written: Int) {
        synchronising.withLockIfAvailable { _ in
            if syncFailure != nil { return }
            writing.withLock { _ in durableWrites = max(durableWrites, written) }
        }
    }

    /// Its disk was made durable after so many writes; returns why it is not nevertheless.
    @discardableResult
    func settle(_ written: Int?) -> StorageError? {
        synchronising.withLock { _ in
            if let syncFailure { return syncFailure }
            if let written { writing.withLock { _ in durableWrites = max(durableWrites, written) } }
            return nil
        }
    }

    private func withWriter(
        _ body: (any WritableFile) throws(StorageError) -> Void
    ) throws(StorageError) {
        var isOpened = false
        writing._unsafeLock()
        do throws(StorageError) {
            if writer == nil {
                writer = try pool.files.append(to: path)
                isOpened = true
            }
            if let writer { try body(writer) }
            writing._unsafeUnlock()
        } catch {
            writing._unsafeUnlock()
            throw error
        }
        touch(isOpened)
    }

    /// As many bytes as there are, to the buffer's size.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        var isOpened = false
        let file: any ReadableFile
        reading._unsafeLock()
        if let reader {
            file = reader
            reading._unsafeUnlock()
        } else {
            defer { reading._unsafeUnlock() }
            // Another file has the path by now, and positions in this one mean nothing there.
            if isRetired { throw .missing(path: path) }
            file = try pool.files.open(path)
            reader = file
            isOpened = true
        }
        touch(isOpened)
        return try file.read(at: offset, into: buffer)
    }

    /// `count` bytes from `offset`, fewer at the file's end.
    func read(at offset: Int, count: Int) throws(StorageError) -> [UInt8] {
        var failure: StorageError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            do throws(StorageError) {
                filled = try read(at: offset, into: UnsafeMutableRawBufferPointer(target))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private func touch(_ isOpened: Bool) {
        use.store(pool.nextUse(), ordering: .relaxed)
        if isOpened { pool.opened(self) }
    }

    /// Closes without making durable. Reads that are under way go on, and later uses open it again.
    func close() {
        synchronising.withLock { _ in
            writing.withLock { _ in
                writer?.close()
                writer = nil
            }
        }
        // Whoever still reads holds the reader, which closes itself.
        reading.withLock { _ in reader = nil }
        pool.closed(self)
    }

    /// Holds on to what the path names now, before another file takes the path: reads go on in this one.
    func pin() throws(StorageError) {
        reading._unsafeLock()
        defer { reading._unsafeUnlock() }
        if reader == nil { reader = try pool.files.open(path) }
        isPinned = true
    }

    /// Closes for good; reads that are under way go on, later ones are told that the file is missing.
    func retire() {
        reading.withLock { _ in
            isPinned = false
            isRetired = true
        }
        close()
    }

    /// Closes unless somebody is writing. What is dirty is made durable first: a new descriptor might not
    /// hear of an error that the old one caused.
    func closeIfIdle() -> Bool {
        synchronising.withLockIfAvailable { _ in closeUnlessWriting() } ?? false
    }

    private func closeUnlessWriting() -> Bool {
        let isClosed: Bool? = writing.withLockIfAvailable { _ in
            guard let writer else { return true }
            if durableWrites < writes {
                // The error is kept for the log's own call, which comes as the bytes are not yet durable.
                guard (try? synchronise(writer)) != nil else { return false }
                durableWrites = writes
            }
            writer.close()
            self.writer = nil
            return true
        }
        guard isClosed == true else { return false }
        return reading.withLock { _ in
            if isPinned { return false }
            reader = nil
            return true
        }
    }
}
