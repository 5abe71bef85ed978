/// Which files are merged, and when.
///
/// Files, oldest first, are kept such that each is larger than all newer ones together, but for the newest
/// few, which wait until a merge of them is worth its time: a byte is written about log₂(state ÷ epoch) − 2
/// times, and what newer versions have replaced is at most half and those few. What a watermark has killed,
/// or a tombstone, does not show in sizes: so all is merged when the dead are more than three fifths.
enum MergePolicy {
    /// Fewer than this are not worth a merge, unless there are many files.
    private static let fanIn = 8
    private static let fileLimit = 16
    /// With more files than this `write` merges by itself.
    static let inlineFrom = 20
    private static let smallBytes = 1 << 20

    struct File {
        /// Bytes of sections that stores refer to.
        let bytes: Int
        /// How many of those are known to be dead.
        let deadBytes: Int
    }

    /// The range of files to merge; nil when all is well.
    static func choose(_ files: [File]) -> Range<Int>? {
        let bytes = files.reduce(0) { $0 + $1.bytes }
        let dead = files.reduce(0) { $0 + $1.deadBytes }
        if bytes > smallBytes, dead > bytes / 5 * 3 { return 0..<files.count }
        var newer = bytes
        for position in files.indices {
            newer -= files[position].bytes
            let count = files.count - position
            guard count > 1, newer >= files[position].bytes else { continue }
            if count >= fanIn || files.count > fileLimit { return position..<files.count }
        }
        return nil
    }
}
