/// Makes all durable that was written below one directory's file system, in one call.
///
/// Many files that have changed a little cost one journal entry together, and many apart. Thread-safe.
public protocol DiskFlush: AnyObject, Sendable {
    /// What `FileStatus.device` says of the files it speaks for.
    var device: UInt64 { get }
    /// true: all that was written before the call, and all names, are durable. false: nobody knows; each file
    /// says of itself when it is synchronised. Once false it is false for good.
    func synchronise() -> Bool
}
