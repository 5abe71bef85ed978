import Storage

/// What a file source knows of one file, under whatever names it has.
final class TrackedFile {
    var key: FileKey
    /// Given when something of the file is first taken; ascending in the order of taking.
    var id: Int?
    /// The name it is opened by; empty when it comes from a checkpoint and was not found yet.
    var path: String
    /// Further names: hard links.
    var otherPaths: [String] = []
    var compression: Compression

    // As last seen.
    var size: Int
    /// Low bits of the modification time: enough to see that it changed.
    var modified: UInt32
    /// When it was last seen to change, by the source's clock, in nanoseconds.
    var lastChange: Int64

    /// Set when something of the file is first taken.
    var fingerprint: HeadFingerprint?
    /// The file's size when its head was last compared with the fingerprint.
    var verifiedSize = 0
    /// Place behind the last record taken, in the decompressed file.
    var taken = 0
    /// Bytes of the file itself that are used up. Compressed: 0 until all is taken, then its size at that
    /// time.
    var consumed = 0
    /// Up to here there is no line end behind `taken`.
    var searched = 0
    var header: [UInt8]?
    var reader: SequentialReader?

    var isQueued = false
    /// The file's size when it was last put at the end of the queue.
    var queuedSize = 0
    var settleDeadline: Int64?
    /// Since when it cannot be read, although it is there.
    var failingSince: Int64?
    var isComplainedOf = false
    /// Compressed data that cannot be read on; not to be tried again before the file changes.
    var isSetAside = false
    /// Has no name any more.
    var isAbsent = false
    /// Belongs to the source no more.
    var isRetired = false
    /// Index of the event that removed it, while a batch of events is gone through.
    var removedAt: Int?
    /// What the file adds to the source's lag.
    var accountedLag = 0
    /// Has ranges that are handed out and not acknowledged.
    var isOutstanding = false
    /// Waits to be archived or deleted.
    var isFinishing = false

    init(_ path: String, _ status: FileStatus, now: Int64) {
        key = FileKey(status)
        self.path = path
        compression = Compression(path: path)
        size = status.size
        modified = UInt32(truncatingIfNeeded: status.modificationNanoseconds)
        lastChange = now
    }

    /// A file of a checkpoint.
    init(_ entry: FilePosition.Entry, now: Int64) {
        key = entry.key
        id = entry.id
        path = entry.path
        compression = entry.compression
        size = max(entry.size, entry.consumed)
        modified = entry.modified
        lastChange = now
        fingerprint = entry.fingerprint
        taken = entry.taken
        searched = entry.taken
        consumed = entry.consumed
        isSetAside = entry.isSetAside
        isAbsent = true
    }

    /// There is something behind what was taken.
    var hasMore: Bool { size > consumed }

    /// Takes note of what the file system says; true when the file has changed.
    func note(_ status: FileStatus, now: Int64) -> Bool {
        let modified = UInt32(truncatingIfNeeded: status.modificationNanoseconds)
        guard status.size != size || modified != self.modified else { return false }
        size = status.size
        self.modified = modified
        lastChange = now
        return true
    }

    /// Forgets all that was read: the file was written anew in its place.
    func startOver() {
        id = nil
        compression = Compression(path: path)
        fingerprint = nil
        taken = 0
        consumed = 0
        searched = 0
        header = nil
        reader = nil
        isSetAside = false
        failingSince = nil
        settleDeadline = nil
    }
}
