import Glibc
import Storage
import Synchronization

/// Keeps the number of open files below a limit: those not used for longest are closed.
///
/// Thread-safe. A file that somebody is just writing stays open, so the limit may be passed by as many.
final class OpenFiles: @unchecked Sendable {
    let files: any FileSystem
    let sharedFlush: SharedFlush
    private let limit: Int
    private let lock = Mutex(())
    private var open: [ObjectIdentifier: LogFile] = [:]
    private let uses = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - directory: where the files are, or some of them.
    ///   - limit: log files; each may take two descriptors, one for reading and one for writing.
    init(_ files: any FileSystem, directory: String, limit: Int = OpenFiles.usualLimit) {
        self.files = files
        self.limit = max(limit, 1)
        sharedFlush = SharedFlush(files.diskFlush(of: directory))
    }

    /// What the system lets this process have, less a few thousand for connections and others.
    static let usualLimit: Int = {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return leastLimit }
        if limit.rlim_cur < min(limit.rlim_max, mostDescriptors) {
            limit.rlim_cur = min(limit.rlim_max, mostDescriptors)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return max((Int(min(limit.rlim_cur, mostDescriptors)) - otherDescriptors) / 2, leastLimit)
    }()

    private static let leastLimit = 400
    private static let mostDescriptors: rlim_t = 40_000
    private static let otherDescriptors = 3000

    var openCount: Int { lock.withLock { _ in open.count } }

    func nextUse() -> UInt64 { uses.add(1, ordering: .relaxed).newValue }

    func opened(_ file: LogFile) {
        let victims: [LogFile] = lock.withLock { _ in
            open[ObjectIdentifier(file)] = file
            guard open.count > limit else { return [] }
            // Many at once, so that not every opening has to look for a victim, and wait for the disk.
            let count = open.count - limit + limit / 4
            let victims = open.values.filter { $0 !== file }.sorted { $0.lastUse < $1.lastUse }.prefix(count)
            // Nobody else chooses them meanwhile.
            for victim in victims { open[ObjectIdentifier(victim)] = nil }
            return Array(victims)
        }
        if victims.isEmpty { return }
        makeDurable(victims)
        for victim in victims where !victim.closeIfIdle() {
            lock.withLock { _ in open[ObjectIdentifier(victim)] = victim }
        }
    }

    /// What is written to must be durable before it is closed: together, where they are many.
    private func makeDurable(_ victims: [LogFile]) {
        let dirty = victims.compactMap { file in file.dirtyWrites.map { (file, $0) } }
        guard sharedFlush.isQuicker(than: dirty.count), sharedFlush.synchronise() else { return }
        for (file, writes) in dirty { file.settleIfIdle(writes) }
    }

    func closed(_ file: LogFile) {
        lock.withLock { _ in open[ObjectIdentifier(file)] = nil }
    }
}
