import Storage
import Synchronization

/// Cleans up after a table's writer, a bounded piece of work at a time.
///
/// The files that commits have replaced go as soon as the table's retention has passed; the table tells them
/// while it is written. What earlier processes left behind is found by looking through the folder at the
/// start, and from time to time. Nothing here is needed for a right table: it may stop and fail at any point.
public final class Housekeeping: Sendable {
    public let table: DeltaTable
    /// A run deletes at most so many files.
    public let limit: Int
    private let plan: Mutex<Plan>

    private struct Plan {
        /// Found by looking, the next one last.
        var unused: [String] = []
        var expired: [String] = []
        var lastLook: Int64?
    }

    public init(_ table: DeltaTable, limit: Int = 64) {
        self.table = table
        self.limit = limit
        plan = Mutex(Plan())
        table.keepSuperseded()
    }

    /// The time between two looks through the folder, at least.
    private static let shortestInterval: Int64 = 600_000

    /// Does a piece of the work that is due; cheap when there is none. For any thread, one at a time.
    /// - Returns: how many files were deleted.
    @discardableResult public func run() throws(DeltaError) -> Int {
        let snapshot = try table.refresh()
        let now = table.environment.clock()
        let retention = TableProperties.deletedFileRetention(snapshot.metadata)
        var left = limit
        let due = table.superseded(before: now - retention, atMost: left)
        if !due.isEmpty {
            // A file may be live again, by a restore, or live with fewer of its rows deleted.
            let live = liveNames(snapshot)
            for entry in due {
                if let name = FilePath.name(of: entry.path, in: table.store.location), !live(name) {
                    try delete(name)
                }
                table.forgetSuperseded(1)
                left -= 1
            }
        }
        try look(snapshot, now: now, retention: retention)
        while left > 0, let name = plan.withLock({ $0.unused.last ?? $0.expired.last }) {
            try delete(name)
            plan.withLock { plan in
                if plan.unused.popLast() == nil { _ = plan.expired.popLast() }
            }
            left -= 1
        }
        return limit - left
    }

    private func liveNames(_ snapshot: Snapshot) -> (String) -> Bool {
        let location = table.store.location
        let names = Set(snapshot.files.values.compactMap { FilePath.name(of: $0.path, in: location) })
        return { names.contains($0) }
    }

    /// Finds what nobody has told of, when that is due.
    private func look(_ snapshot: Snapshot, now: Int64, retention: Int64) throws(DeltaError) {
        let isDue = plan.withLock { plan in
            guard plan.unused.isEmpty, plan.expired.isEmpty else { return false }
            guard let last = plan.lastLook else { return true }
            return now - last >= max(Housekeeping.shortestInterval, retention / 4)
        }
        guard isDue else { return }
        let listed = try FolderListing.objects(table.store, newest: snapshot.version)
        // Only now: a file that was listed is pending still, or live by then.
        let (snapshot, pending) = table.cleaningState
        let use = FileUse(
            snapshot, at: table.store.location, oldest: now - retention, now: now,
            slack: Snapshot.shortLife(of: snapshot.metadata))
        let unused = listed.filter { use.isUnused($0) && !pending.contains($0.name) }.sorted {
            $0.modified > $1.modified
        }
        let expired = ExpiredLog.objects(listed, snapshot.metadata, now: now)
        plan.withLock { plan in
            plan.unused = unused.map(\.name)
            plan.expired = expired.reversed().map(\.name)
            plan.lastLook = now
        }
    }

    private func delete(_ name: String) throws(DeltaError) {
        do throws(StorageError) {
            try table.store.delete(name)
        } catch {
            throw .storage(error, doing: "deleting unused files")
        }
    }
}
