/// What a file system knows of a file.
public struct FileStatus: Hashable, Sendable {
    public let device: UInt64
    public let inode: UInt64
    /// Bytes.
    public let size: Int
    /// Last change of the contents, nanoseconds since the epoch.
    public let modificationNanoseconds: Int64
    public let isDirectory: Bool
    /// A pipe, a socket or a device: nothing that can be read by position, or at all without waiting.
    public let isSpecial: Bool

    public init(
        device: UInt64, inode: UInt64, size: Int, modificationNanoseconds: Int64, isDirectory: Bool,
        isSpecial: Bool = false
    ) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modificationNanoseconds = modificationNanoseconds
        self.isDirectory = isDirectory
        self.isSpecial = isSpecial
    }
}
