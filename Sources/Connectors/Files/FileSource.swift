import Diagnostics
import Glibc
import Runtime
import Storage

/// Reads the files of a directory or glob, each record once, in the order of discovery.
///
/// A file is its inode and a fingerprint of its head, whatever its names. Files that grow are read on; an
/// unterminated last record waits until its file has not changed for `settleMilliseconds`. What is wrong with
/// a file (vanished, replaced, cut, damaged) is handed out as a range of its own, whose loader gives a
/// rejection, and the source goes on with the other files.
///
/// Used by one thread, save for `wake` and the loaders.
public final class FileSource: Source, @unchecked Sendable {
    let settings: FileSourceSettings
    let fileSystem: any FileSystem
    let pattern: PathPattern
    let clock: @Sendable () -> Int64
    let report: @Sendable (Diagnostic) -> Void
    let feed: (any ChangeFeed)?
    private let wakePipe = WakePipe()

    // What is known.
    var byPath: [String: TrackedFile] = [:]
    var byKey: [FileKey: TrackedFile] = [:]
    var byID: [Int: TrackedFile] = [:]
    var nextID = 0
    var rootDevice: UInt64 = 0
    var positionLog = PositionLog()
    var bytesNotTaken = 0

    // What is to be done.
    var queue = FileQueue()
    var settling = DeadlineQueue()
    /// Files that are there but cannot be read.
    var failing = DeadlineQueue()
    /// Files without a name of which something was not taken, and those read up.
    var missing = DeadlineQueue()
    var departed = DeadlineQueue()
    var problems: [InputRange] = []
    var failure: Diagnostic?
    var changes: [DirectoryChange] = []
    /// Which places of the pattern a watched directory stands at.
    var directories: [String: [Int]] = [:]
    var needsListing = true
    var nextListing: Int64 = 0
    var isWatching = false
    /// Other machines change the files, unseen.
    var isRemote = false
    /// Directories whose trouble was reported.
    var reported: Set<String> = []

    // What was handed out.
    var prepared: [InputRange: PreparedRange] = [:]
    var retainedBytes = 0
    var retainedFiles = 0
    var readers: [TrackedFile] = []
    var unacknowledged: [TrackedFile] = []
    var finishing: [TrackedFile] = []
    /// When to try again what could not be archived or deleted.
    var nextFinishing: Int64 = 0
    var wasFinal = false
    let lineEnds = FileLineEnds()

    /// Understands the path; throws when there is nothing to be watched there.
    ///
    /// `clock` gives nanoseconds that only go forward; `report` is told of what is worth a line in the log.
    public convenience init(
        _ settings: FileSourceSettings, fileSystem: any FileSystem = LocalFileSystem(),
        clock: @escaping @Sendable () -> Int64 = FileSource.monotonicNanoseconds,
        report: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) throws(Diagnostic) {
        // Changes are told for files of this machine only.
        let feed = fileSystem is LocalFileSystem ? InotifyFeed() : nil
        try self.init(settings, fileSystem: fileSystem, feed: feed, clock: clock, report: report)
    }

    init(
        _ settings: FileSourceSettings, fileSystem: any FileSystem, feed: (any ChangeFeed)?,
        clock: @escaping @Sendable () -> Int64, report: @escaping @Sendable (Diagnostic) -> Void
    ) throws(Diagnostic) {
        self.settings = settings
        self.fileSystem = fileSystem
        self.feed = feed
        self.clock = clock
        self.report = report
        pattern = try PathPattern(settings.path, filePatterns: settings.filePatterns, in: fileSystem)
        try verifyArchive()
    }

    public static let monotonicNanoseconds: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    public func restore(_ position: [UInt8]?) throws(Diagnostic) {
        try pattern.verifyRoot(in: fileSystem)
        rootDevice = (try? fileSystem.status(pattern.root))?.device ?? 0
        isRemote = fileSystem is LocalFileSystem && NetworkMount.holds(device: rootDevice)
        if let position {
            let saved = try FilePosition(position)
            nextID = saved.nextID
            let now = clock()
            for var entry in saved.entries {
                if entry.key.device == saved.device { entry.key.device = rootDevice }
                let file = TrackedFile(entry, now: now)
                byKey[file.key] = file
                byID[entry.id] = file
                positionLog.note(entry.id)
            }
        }
        // Ranges that are replayed find their files by what was listed.
        list()
        let now = clock()
        for (_, file) in byID.sorted(by: { $0.key < $1.key }) {
            if file.isAbsent { leave(file, now) }
            // What a checkpoint calls taken is durably processed.
            finish(file)
        }
    }

    public func position() -> [UInt8] {
        let head = FilePosition(device: rootDevice, nextID: nextID).encodedHead()
        return head + positionLog.entries(of: byID.keys) { encodedEntry($0) }
    }

    /// What to append to the position (and the changes) told last to have the position now.
    ///
    /// Costs what changed, where `position` costs about 25 bytes for each file that was read and is still
    /// there.
    public func positionChanges() -> [UInt8] {
        FilePosition.encodedNextID(nextID) + positionLog.changes { encodedEntry($0) }
    }

    private func encodedEntry(_ id: Int) -> [UInt8] {
        guard let entry = byID[id].flatMap(entry) else { return FilePosition.encodedRemoval(id) }
        return FilePosition.encoded(entry, rootDevice: rootDevice)
    }

    private func entry(_ file: TrackedFile) -> FilePosition.Entry? {
        guard let id = file.id, let fingerprint = file.fingerprint else { return nil }
        var entry = FilePosition.Entry(
            id: id, key: file.key, fingerprint: fingerprint, compression: file.compression, taken: file.taken,
            consumed: file.consumed, modified: file.modified,
            isSetAside: file.isSetAside)
        if file.hasMore {
            entry.path = file.path
            entry.size = file.size
        }
        return entry
    }

    public func wait(milliseconds: Int) {
        let end = clock() &+ Int64(clamping: max(milliseconds, 0)) &* 1_000_000
        while true {
            let now = clock()
            let due = nextDue(now)
            guard queue.count == 0, problems.isEmpty, changes.isEmpty, !needsListing, due > now, now < end
            else {
                return
            }
            // Rounded up, so that what was due in part of a millisecond is due afterwards.
            let rest = (min(end, due) - now + 999_999) / 1_000_000
            switch wakePipe.wait(
                for: isWatching ? feed?.descriptor ?? -1 : -1, milliseconds: Int(clamping: rest))
            {
            case .woken: return
            case .readable: drain()
            case .timeout: continue
            }
        }
    }

    public func wake() { wakePipe.wake() }

    public func lag() -> Int { bytesNotTaken }

    /// When there is something to be looked at even if nothing tells of a change.
    private func nextDue(_ now: Int64) -> Int64 {
        var due = nextListing
        for deadline in [settling.nextTime, failing.nextTime, missing.nextTime] {
            due = min(due, deadline ?? due)
        }
        if let first = finishing.first {
            due = min(due, max(first.lastChange + settleNanoseconds, nextFinishing))
        }
        return due
    }

    /// How long to wait before something that failed is tried again.
    var retryNanoseconds: Int64 { 1_000_000_000 }

    var settleNanoseconds: Int64 { Int64(clamping: settings.settleMilliseconds) &* 1_000_000 }
}
