import Storage
import Synchronization

/// A file whose end is in memory and yet to be written.
protocol PendingFile: AnyObject, Sendable {
    /// Writes it, unless that has been done.
    func writeRest() throws(StateError)
}

/// A state file that is open for reading, for as long as anybody refers to it.
final class SegmentFile: Sendable {
    private static let lastSerial = Atomic<UInt64>(0)

    /// Unlike its address, nothing else will ever have it.
    let serial = SegmentFile.lastSerial.add(1, ordering: .relaxed).newValue
    private let readable: any ReadableFile
    private let pathNow: Mutex<String>
    /// Writes what is still to come, for files whose end is in memory.
    private let rest = Mutex<(any PendingFile)?>(nil)
    private let isComplete = Atomic<Bool>(true)

    init(_ path: String, _ readable: any ReadableFile) {
        self.readable = readable
        pathNow = Mutex(path)
    }

    deinit { readable.close() }

    var path: String { pathNow.withLock { $0 } }

    func wasRenamed(to path: String) { pathNow.withLock { $0 = path } }

    /// From now on, and until `pending` has been written, readers see to that first.
    func awaits(_ pending: any PendingFile) {
        rest.withLock { $0 = pending }
        isComplete.store(false, ordering: .releasing)
    }

    func wasCompleted() {
        rest.withLock { $0 = nil }
        isComplete.store(true, ordering: .releasing)
    }

    /// Fills `buffer` from `offset` on.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StateError) {
        if !isComplete.load(ordering: .acquiring) { try rest.withLock { $0 }?.writeRest() }
        let count = try onDisk { () throws(StorageError) in try readable.read(at: offset, into: buffer) }
        if count < buffer.count { throw .corrupt(path: path, reason: "it ends at byte \(offset + count)") }
    }

    func bytes(at offset: Int, count: Int) throws(StateError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: StateError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(StateError) { try read(at: offset, into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }
}
