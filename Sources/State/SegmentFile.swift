import Storage
import Synchronization

/// A state file that is open for reading, for as long as anybody refers to it.
final class SegmentFile: Sendable {
    private static let lastSerial = Atomic<UInt64>(0)

    /// Unlike its address, nothing else will ever have it.
    let serial = SegmentFile.lastSerial.add(1, ordering: .relaxed).newValue
    private let readable: any ReadableFile
    private let pathNow: Mutex<String>

    init(_ path: String, _ readable: any ReadableFile) {
        self.readable = readable
        pathNow = Mutex(path)
    }

    deinit { readable.close() }

    var path: String { pathNow.withLock { $0 } }

    func wasRenamed(to path: String) { pathNow.withLock { $0 = path } }

    /// Fills `buffer` from `offset` on.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StateError) {
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
