/// The data files that commits have removed, in the order of their removal, until they may go for good.
///
/// Kept only where somebody cleans up while the table is written, who then need not look through the whole
/// folder. What is lost of it with the process is found again by looking.
struct SupersededFiles: Sendable {
    struct Entry: Sendable {
        let path: String
        /// When the commit was known here, in milliseconds since the epoch: not before it was made.
        let removedAt: Int64
    }

    /// More than this are left to the next look through the folder.
    private static let limit = 1 << 18

    private var entries: [Entry] = []
    private var first = 0

    var count: Int { entries.count - first }

    mutating func note(_ actions: [Action], now: Int64) {
        for case .remove(let file) in actions where count < SupersededFiles.limit {
            entries.append(Entry(path: file.path, removedAt: now))
        }
    }

    /// The oldest ones that were removed before `timestamp`, at most `count` of them.
    func due(before timestamp: Int64, atMost count: Int) -> [Entry] {
        Array(entries[first...].prefix(count).prefix { $0.removedAt < timestamp })
    }

    /// Forgets the oldest ones.
    mutating func forget(_ count: Int) {
        first = min(entries.count, first + count)
        guard first > 1024, first > entries.count / 2 else { return }
        entries.removeFirst(first)
        first = 0
    }
}
