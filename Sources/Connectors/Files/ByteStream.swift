import Storage

/// The bytes of a file from front to back, decompressed where it is compressed. Used by one thread at a time.
protocol ByteStream: AnyObject {
    /// Reads on into `buffer`, which is not empty.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> StreamRead
    /// Bytes of the file itself that were used up.
    var consumed: Int { get }
}

/// What reading on gave.
enum StreamRead: Equatable {
    case bytes(Int)
    /// The file ends here for now.
    case end
    /// The compressed data break off; more may still be written.
    case truncated
    /// The compressed data are no such data from here on.
    case damaged(String)
}

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
