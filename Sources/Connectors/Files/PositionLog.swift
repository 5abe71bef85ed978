/// Keeps the position encoded, so that telling it costs what has changed and one copy.
///
/// Entries of files that change are appended behind the older ones, of which the last one counts; when more
/// than half is outdated, all are written anew.
struct PositionLog {
    private var encoded: [UInt8] = []
    private var entryCount = 0
    private var changed: Set<Int> = []
    /// Changed since changes were told last.
    private var untold: Set<Int> = []

    mutating func note(_ id: Int) {
        changed.insert(id)
        untold.insert(id)
    }

    /// All entries; `encode` gives the one of an id as it is now.
    mutating func entries(of ids: some Collection<Int>, _ encode: (Int) -> [UInt8]) -> [UInt8] {
        if entryCount + changed.count > 2 * ids.count + 64 {
            encoded = []
            entryCount = 0
            changed = Set(ids)
        }
        for id in changed.sorted() { encoded += encode(id) }
        entryCount += changed.count
        changed = []
        untold = []
        return encoded
    }

    /// The entries that changed since entries were asked for last.
    mutating func changes(_ encode: (Int) -> [UInt8]) -> [UInt8] {
        defer { untold = [] }
        return untold.sorted().flatMap(encode)
    }
}
