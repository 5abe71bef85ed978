import Storage
import Synchronization

/// Keeps the number of open files below a limit: those not used for longest are closed.
///
/// Thread-safe. A file that somebody is just writing stays open, so the limit may be passed by as many.
final class OpenFiles: @unchecked Sendable {
    let files: any FileSystem
    private let limit: Int
    private let lock = Mutex(())
    private var open: [ObjectIdentifier: LogFile] = [:]
    private let uses = Atomic<UInt64>(0)

    /// - Parameter limit: log files; each may take two descriptors, one for reading and one for writing.
    init(_ files: any FileSystem, limit: Int = 400) {
        self.files = files
        self.limit = max(limit, 1)
    }

    var openCount: Int { lock.withLock { _ in open.count } }

    func nextUse() -> UInt64 { uses.add(1, ordering: .relaxed).newValue }

    func opened(_ file: LogFile) {
        let victims: [LogFile] = lock.withLock { _ in
            open[ObjectIdentifier(file)] = file
            guard open.count > limit else { return [] }
            // Some at once, so that not every opening has to look for a victim.
            let count = open.count - limit + limit / 10
            return Array(open.values.filter { $0 !== file }.sorted { $0.lastUse < $1.lastUse }.prefix(count))
        }
        for victim in victims where victim.closeIfIdle() { closed(victim) }
    }

    func closed(_ file: LogFile) {
        lock.withLock { _ in open[ObjectIdentifier(file)] = nil }
    }
}
