import Storage

/// Which file on which device: what stays when a file is renamed.
struct FileKey: Hashable, Sendable {
    var device: UInt64
    let inode: UInt64

    init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }

    init(_ status: FileStatus) { self.init(device: status.device, inode: status.inode) }
}
