import Glibc
import Synchronization

/// `syncfs`, where it can be believed.
///
/// The kernel tells of an error of writing back once for each open descriptor of the file system, since 5.8:
/// so the descriptor is opened before anything is written, kept, and asked by one thread at a time. Only file
/// systems that note such errors where `syncfs` looks are taken: overlays, networks and FUSE need not.
final class LocalDiskFlush: DiskFlush {
    let device: UInt64
    private let descriptor: Int32
    private let isBelieved = Mutex(true)

    private static let kinds: Set<Substring> = ["ext2", "ext3", "ext4", "xfs", "f2fs", "tmpfs"]

    init?(_ directory: String) {
        descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0, LocalDiskFlush.isTold, LocalDiskFlush.synchronise != nil else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        device = FileStatus(status).device
        guard LocalDiskFlush.kinds.contains(LocalDiskFlush.kind(device)) else { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func synchronise() -> Bool {
        guard let synchronise = LocalDiskFlush.synchronise else { return false }
        return isBelieved.withLock {
            if $0, synchronise(descriptor) != 0 { $0 = false }
            return $0
        }
    }

    /// glibc has it, and its Swift module does not.
    private static let synchronise: (@convention(c) (Int32) -> Int32)? = dlsym(nil, "syncfs").map {
        unsafeBitCast($0, to: (@convention(c) (Int32) -> Int32).self)
    }

    /// Whether the kernel tells of errors at all.
    private static var isTold: Bool {
        var name = utsname()
        guard uname(&name) == 0 else { return false }
        let release = withUnsafeBytes(of: &name.release) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let numbers = release.split { !("0"..."9").contains($0) }.prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return false }
        return (numbers[0], numbers[1]) >= (5, 8)
    }

    /// The file system of a device, as the system's list of mounts names it; empty where it is not in there.
    private static func kind(_ device: UInt64) -> Substring {
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & ~0xFF
        guard let file = fopen("/proc/self/mountinfo", "re") else { return "" }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var size = 0
        defer { free(line) }
        while getline(&line, &size, file) > 0 {
            guard let line else { break }
            let fields = String(cString: line).split(separator: " ")
            guard fields.count > 2, fields[2] == "\(major):\(minor)",
                let mark = fields.firstIndex(of: "-"), mark + 1 < fields.count
            else { continue }
            return fields[mark + 1]
        }
        return ""
    }
}
