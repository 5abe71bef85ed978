import Columnar

/// The order in which a MAP's entries are gone through where it shows in the result: that of ksqlDB, which
/// keeps them in a hash table of Java's. So a statement from there gives the same here.
///
/// The table has the smallest power of two of buckets that is at least 4/3 of the entries; an entry's bucket
/// is told by its key's hash, and entries of one bucket keep their order.
struct EntryOrder {
    private let keys: Column

    init(keys: Column) { self.keys = keys }

    /// Sorts rows of the children, those of one MAP. Keys that are no texts keep their order.
    func sort(_ entries: UnsafeMutableBufferPointer<Int32>) {
        guard keys.type == .string, entries.count > 1 else { return }
        var buckets: UInt32 = 2
        while Int(buckets) * 3 < entries.count * 4 { buckets *= 2 }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: entries.count) { allocated in
            var numbered = allocated
            for (index, place) in entries.enumerated() {
                // The row behind the bucket keeps what one bucket holds in order.
                let bucket = UInt64(hash(Int(place)) & (buckets - 1))
                numbered.initializeElement(at: index, to: bucket << 32 | UInt64(UInt32(bitPattern: place)))
            }
            numbered.sort()
            for index in entries.indices {
                entries[index] = Int32(bitPattern: UInt32(truncatingIfNeeded: numbered[index]))
            }
        }
    }

    /// A text's hash is a polynomial in 31 over its UTF-16; the table folds its upper half into the lower.
    private func hash(_ place: Int) -> UInt32 {
        guard keys.isValid(place) else { return 0 }
        var hash: UInt32 = 0
        var isASCII = true
        for byte in keys.bytes(at: place) {
            isASCII = isASCII && byte < 128
            hash = hash &* 31 &+ UInt32(byte)
        }
        if !isASCII {
            hash = 0
            for unit in keys.string(at: place).utf16 { hash = hash &* 31 &+ UInt32(unit) }
        }
        return hash ^ (hash >> 16)
    }
}
