import Glibc

/// Tells file systems of other machines, whose changes the kernel does not see.
enum NetworkMount {
    private static let types: Set<Substring> = [
        "nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "lustre", "afs", "glusterfs", "virtiofs", "davfs",
        "ocfs2",
        "gfs2",
    ]

    /// Whether the file system with this device number is one, as far as `/proc/self/mountinfo` tells
    /// (proc(5)).
    static func holds(device: UInt64) -> Bool {
        let number = "\(major(device)):\(minor(device))"
        for line in mounts().split(separator: "\n") {
            // 36 35 98:0 /root /mount/point options optional… - type source options
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == number, let dash = fields.firstIndex(of: "-"),
                dash + 1 < fields.count
            else { continue }
            let type = fields[dash + 1]
            return types.contains(type) || type.hasPrefix("fuse")
        }
        return false
    }

    private static func mounts() -> String {
        let descriptor = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &block, block.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += block[..<count]
        }
    }

    // As <sys/sysmacros.h> has them.
    private static func major(_ device: UInt64) -> UInt64 {
        (device >> 8 & 0xFFF) | (device >> 32 & 0xFFFF_F000)
    }
    private static func minor(_ device: UInt64) -> UInt64 { (device & 0xFF) | (device >> 12 & 0xFFFF_FF00) }
}
