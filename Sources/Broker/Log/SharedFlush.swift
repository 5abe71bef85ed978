import Storage
import Synchronization

/// Makes many files durable with one call for all of their disk, where that is likely to be quicker than to
/// ask for each.
///
/// The call also waits for what others have written to the disk, so it is timed, as single files are. What it
/// took counts for less each time that it is not called, so that it gets another chance.
final class SharedFlush: Sendable {
    private struct Costs {
        var fileNanoseconds = 1_000_000.0
        var diskNanoseconds = 8_000_000.0
    }

    private let disk: (any DiskFlush)?
    private let isGivenUp = Atomic(false)
    private let costs = Mutex(Costs())
    private static let weightOfNews = 0.2
    private static let forgotten = 0.95

    init(_ disk: (any DiskFlush)?) { self.disk = disk }

    /// Some of the files lie on another disk: from here on each is asked for.
    func checkDevice(_ device: UInt64?) {
        if let disk, disk.device != device { isGivenUp.store(true, ordering: .relaxed) }
    }

    /// Whether one call for the disk is likely to be quicker.
    func isQuicker(than count: Int) -> Bool {
        guard disk != nil, !isGivenUp.load(ordering: .relaxed), count > 1 else { return false }
        return costs.withLock {
            if Double(count) * $0.fileNanoseconds >= $0.diskNanoseconds { return true }
            $0.diskNanoseconds *= SharedFlush.forgotten
            return false
        }
    }

    /// false: nobody knows what is durable, and each file has to be asked for.
    func synchronise() -> Bool {
        guard let disk, !isGivenUp.load(ordering: .relaxed) else { return false }
        let begun = SteadyClock.nanoseconds
        guard disk.synchronise() else { return false }
        let took = Double(SteadyClock.nanoseconds - begun)
        costs.withLock { $0.diskNanoseconds += (took - $0.diskNanoseconds) * SharedFlush.weightOfNews }
        return true
    }

    /// Runs what makes one file durable.
    func timed(_ body: () throws(StorageError) -> Void) throws(StorageError) {
        let begun = SteadyClock.nanoseconds
        try body()
        let took = Double(SteadyClock.nanoseconds - begun)
        costs.withLock { $0.fileNanoseconds += (took - $0.fileNanoseconds) * SharedFlush.weightOfNews }
    }
}
