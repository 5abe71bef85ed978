import Storage

/// The bytes of a file from front to back, decompressed where it is compressed. Used by one thread at a time.
protocol ByteStream: AnyObject {
    /// Reads on into `buffer`, which is not empty.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> StreamRead
    /// Bytes of the file itself that were used up.
    var consumed: Int { get }
}
