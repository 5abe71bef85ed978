/// Where tables live: named objects that are written whole and never changed, on a disk or in S3.
///
/// Contract: `put` and `putIfAbsent` return when the object is durable and visible to everyone; of several
/// `putIfAbsent` of one name exactly one succeeds; `list` is in ascending order of names (UTF-8 bytes) and
/// sees all that was put before it was called. Names are relative to the store's root. Safe to use from many
/// threads.
public protocol ObjectStore: AnyObject, Sendable {
    /// Where the store is, for people: a path or URL.
    var location: String { get }
    /// Writes the object, replacing one of the same name.
    func put(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(StorageError)
    /// Writes the object, or throws `exists` and changes nothing.
    func putIfAbsent(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(StorageError)
    func get(_ name: String) throws(StorageError) -> [UInt8]
    /// Objects whose names start with `prefix` (a folder ends in `/`) and sort behind `after`.
    func list(prefix: String, after: String?) throws(StorageError) -> [StoredObject]
    /// Removes the object; no error when it is not there.
    func delete(_ name: String) throws(StorageError)
}
