import Glibc

/// Changes as Linux tells them (inotify(7)).
final class InotifyFeed: ChangeFeed {
    private(set) var descriptor: Int32
    private var directories: [Int32: String] = [:]
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)

    private static let events =
        UInt32(IN_CREATE) | UInt32(IN_MODIFY) | UInt32(IN_ATTRIB) | UInt32(IN_MOVED_TO)
        | UInt32(IN_MOVED_FROM)
        | UInt32(IN_DELETE) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_ONLYDIR)

    /// nil when the system has no more of them to give.
    init?() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        if descriptor < 0 { return nil }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        block.deallocate()
    }

    func watch(_ directory: String) -> Bool {
        let watch = inotify_add_watch(descriptor, directory, Self.events)
        guard watch >= 0 else { return false }
        directories[watch] = directory
        return true
    }

    func unwatchAll() {
        for watch in directories.keys { inotify_rm_watch(descriptor, watch) }
        directories = [:]
    }

    func drain(into changes: inout [DirectoryChange]) -> Bool {
        var isComplete = true
        while true {
            let count = read(descriptor, block.baseAddress, block.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return isComplete }
            var position = 0
            while position + MemoryLayout<inotify_event>.size <= count {
                position += decode(position, &changes, &isComplete)
            }
        }
    }

    /// Reads the event at `position` of the block; gives its size.
    private func decode(_ position: Int, _ changes: inout [DirectoryChange], _ isComplete: inout Bool) -> Int
    {
        let header = MemoryLayout<inotify_event>.size
        let event = UnsafeRawBufferPointer(block).loadUnaligned(
            fromByteOffset: position, as: inotify_event.self)
        let size = header + Int(event.len)
        let mask = event.mask
        if mask & (UInt32(IN_Q_OVERFLOW) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)) != 0 {
            isComplete = false
            return size
        }
        if mask & UInt32(IN_IGNORED) != 0 {
            directories[event.wd] = nil
            return size
        }
        guard event.len > 0, let directory = directories[event.wd] else { return size }
        let bytes = block[(position + header)..<(position + size)].prefix { $0 != 0 }
        let kind: DirectoryChange.Kind =
            mask & UInt32(IN_DELETE) != 0
            ? .removed : mask & UInt32(IN_MOVED_FROM) != 0 ? .movedAway : .present
        let change = DirectoryChange(
            directory: directory, name: String(decoding: bytes, as: UTF8.self), kind: kind,
            isDirectory: mask & UInt32(IN_ISDIR) != 0, renaming: event.cookie)
        // A file that is written to piece by piece says so each time.
        if changes.last != change { changes.append(change) }
        return size
    }
}
