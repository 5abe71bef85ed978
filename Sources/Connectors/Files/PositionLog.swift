/// Keeps the position encoded, so that telling it costs what has changed and one copy.
///
/// Entries of files that change are appended behind the older ones; when more than half is outdated, all are written anew.
struct PositionLog {
    private var encoded: [UInt8] = []
    private var entryCount = 0
    private var changed: Set<Int> = []

    mutating func note(_ id: Int) { changed.insert(id) }

    /// All entries; `entry` gives the one of an id as it is now, nil for a file that is not known any more.
    mutating func entries(
        of ids: some Collection<Int>, rootDevice: UInt64, _ entry: (Int) -> FilePosition.Entry?
    ) -> [UInt8] {
        if entryCount + changed.count > 2 * ids.count + 64 {
            encoded = []
            entryCount = 0
            changed = Set(ids)
        }
        for id in changed.sorted() {
            if let entry = entry(id) {
                encoded += FilePosition.encoded(entry, rootDevice: rootDevice)
            } else {
                encoded += FilePosition.encodedRemoval(id)
            }
            entryCount += 1
        }
        changed = []
        return encoded
    }
}
