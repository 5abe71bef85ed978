import Storage

/// Writes a state file from its start to its end, through a buffer.
final class SegmentWriter: SectionOutput {
    private static let bufferBytes = 256 << 10

    let path: String
    private let file: any WritableFile
    private let buffer = ByteBuffer(capacity: SegmentWriter.bufferBytes)
    private(set) var hasFailedToSynchronise = false

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
    var offset: Int { file.size + buffer.count }

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

    /// Forgets what was not written yet, after an error.
    func dropBuffer() { buffer.removeAll() }

    func synchronise() throws(StateError) {
        try flush()
        do throws(StorageError) {
            try file.synchronise()
        } catch {
            hasFailedToSynchronise = true
            throw .storage(error)
        }
    }

    func close() { file.close() }

    /// Writes directory, manifest and trailer, which end the file; its directory's checksum.
    ///
    /// The file is durable after `synchronise`.
    func complete(_ sections: [SectionInfo], manifest: [UInt8]) throws(StateError) -> UInt64 {
        var directory = BinaryEncoder()
        directory.add(UInt32(sections.count))
        for section in sections { section.encode(to: &directory) }
        let trailer = SegmentTrailer(
            directoryOffset: offset, directory: directory.bytes,
            manifestOffset: offset + directory.bytes.count,
            manifest: manifest)
        try append(directory.bytes)
        try append(manifest)
        try append(trailer.encoded)
        try flush()
        return trailer.directoryChecksum
    }
}
