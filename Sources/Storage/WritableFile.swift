/// A file being written from its end; used by one thread at a time.
public protocol WritableFile: AnyObject {
    /// Bytes in the file.
    var size: Int { get }
    /// Writes all of `bytes` or throws; after a throw the file may hold a part of them.
    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError)
    /// Returns when all that was written is durable.
    func synchronise() throws(StorageError)
    /// Closes without making durable. Further calls do nothing.
    func close()
}
