import Storage

/// A file that is not compressed.
final class PlainStream: ByteStream {
    private let file: any ReadableFile
    private(set) var consumed: Int

    init(_ file: any ReadableFile, from offset: Int) {
        self.file = file
        consumed = offset
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> StreamRead {
        let count = try file.read(at: consumed, into: buffer)
        consumed += count
        return count == 0 ? .end : .bytes(count)
    }
}
