/// A file open for reading; reads may come from many threads.
public protocol ReadableFile: AnyObject, Sendable {
    /// Bytes in the file now.
    func size() throws(StorageError) -> Int
    /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end of the file.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int
    /// Device and inode of what is open, whatever the path names by now.
    func status() throws(StorageError) -> FileStatus
    func close()
}
