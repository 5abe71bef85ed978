import Storage

/// Writes a state file from its start to its end, through a buffer.
final class SegmentWriter: SectionOutput {
    private static let bufferBytes = 256 << 10

    let path: String
    private let file: any WritableFile
    private let buffer = ByteBuffer(capacity: SegmentWriter.bufferBytes)
    private(set) var hasFailedToSynchronise = false
    /// What comes behind all that was appended, and where the first of it belongs.
    private var queue: [ByteBuffer] = []
    private var queueStart = 0

    /// Creates the file, with its header.
    init(_ path: String, in fileSystem: any FileSystem) throws(StateError) {
        self.path = path
        file = try onDisk { () throws(StorageError) in try fileSystem.create(path) }
        var header = BinaryEncoder()
        header.add(StateFormat.magic)
        header.add(StateFormat.version)
        header.add(UInt32(0))
        try append(header.bytes)
    }

    deinit { file.close() }

    /// Where the next byte goes.
    var offset: Int {
        queue.isEmpty ? file.size + buffer.count : queue.reduce(queueStart) { $0 + $1.count }
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(StateError) {
        guard let start = bytes.baseAddress else { return }
        if buffer.count + bytes.count > SegmentWriter.bufferBytes { try flush() }
        if bytes.count > SegmentWriter.bufferBytes {
            try onDisk { () throws(StorageError) in try file.write(bytes) }
        } else {
            buffer.append(start, bytes.count)
        }
    }

    func flush() throws(StateError) {
        // What a failed write has left half done is passed over: all offsets are taken from what comes after.
        defer { buffer.removeAll() }
        try onDisk { () throws(StorageError) in try file.write(buffer.bytes) }
    }

    /// Puts bytes behind what was flushed, to be written by `writeQueue`. Nothing is appended after that.
    func enqueue(_ bytes: ByteBuffer) {
        precondition(buffer.count == 0, "what was appended is flushed first")
        if queue.isEmpty { queueStart = file.size }
        queue.append(bytes)
    }

    /// Writes what was queued. After it threw, the next call goes on where this one ended.
    func writeQueue() throws(StateError) {
        while let bytes = queue.first {
            let done = file.size - queueStart
            let left = UnsafeRawBufferPointer(rebasing: bytes.bytes[done...])
            try onDisk { () throws(StorageError) in try file.write(left) }
            queueStart += bytes.count
            queue.removeFirst()
        }
    }

    /// Forgets what was not written yet, after an error.
    func dropBuffer() { buffer.removeAll() }

    func synchronise() throws(StateError) {
        try writeQueue()
        do throws(StorageError) {
            try file.synchronise()
        } catch {
            hasFailedToSynchronise = true
            throw .storage(error)
        }
    }

    func close() { file.close() }

    /// Queues directory, manifest and trailer, which end the file; its directory's checksum.
    ///
    /// The file is durable after `synchronise`.
    func complete(_ sections: [SectionInfo], manifest: [UInt8]) -> UInt64 {
        var directory = BinaryEncoder()
        directory.add(UInt32(sections.count))
        for section in sections { section.encode(to: &directory) }
        let trailer = SegmentTrailer(
            directoryOffset: offset, directory: directory.bytes,
            manifestOffset: offset + directory.bytes.count,
            manifest: manifest)
        let end = ByteBuffer(capacity: 4096)
        for part in [directory.bytes, manifest, trailer.encoded] { part.withUnsafeBytes { end.append($0) } }
        enqueue(end)
        return trailer.directoryChecksum
    }
}
