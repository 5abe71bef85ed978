import Columnar

/// The order in which a MAP's entries are gone through where it shows in the result: that of ksqlDB, which
/// keeps them in a hash table of Java's. So a statement from there gives the same here.
///
/// The table has the smallest power of two of buckets that is at least 4/3 of the entries; an entry's bucket
/// is told by its key's hash, and entries of one bucket keep their order.
struct EntryOrder {
    private let keys: Column

    init(keys: Column) { self.keys = keys }

    /// The rows of the children that belong to one MAP. Keys that are no texts keep their order.
    func sorted(_ entries: Range<Int>) -> [Int32] {
        let places = entries.map { Int32(truncatingIfNeeded: $0) }
        guard keys.type == .string else { return places }
        var buckets: UInt32 = 2
        while Int(buckets) * 3 < entries.count * 4 { buckets *= 2 }
        let numbered = places.map { (bucket: bucket(Int($0)) & (buckets - 1), place: $0) }
        // Places tell apart what one bucket holds: the sort needs not be stable.
        return numbered.sorted { ($0.bucket, $0.place) < ($1.bucket, $1.place) }.map(\.place)
    }

    /// A text's hash is a polynomial in 31 over its UTF-16; the table folds its upper half into the lower.
    private func bucket(_ place: Int) -> UInt32 {
        guard keys.isValid(place) else { return 0 }
        var hash: UInt32 = 0
        for unit in keys.string(at: place).utf16 { hash = hash &* 31 &+ UInt32(unit) }
        return hash ^ (hash >> 16)
    }
}
