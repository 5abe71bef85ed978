/// Slots by expiry: a radix heap, in which a slot moves only towards its turn.
///
/// A record's bucket is the number of the highest bit in which its expiry differs from the reference, the
/// last watermark; so everything in a lower bucket comes before everything in a higher one. Adding costs a
/// few nanoseconds, and each record moves at most once per bit. A record may be stale: the entry tells.
struct ExpiryQueue {
    struct Record {
        let expiry: Int64
        let slot: UInt32
    }

    private var buckets: [[Record]] = []
    private var minima: [Int64] = []
    private var reference = Int64.min
    private(set) var count = 0

    var memoryBytes: Int {
        buckets.reduce(buckets.count * 16) { $0 + $1.capacity * MemoryLayout<Record>.stride }
    }

    /// Not behind the expiry of any record; nil without records.
    var earliest: Int64? { minima.first { $0 != .max } }

    mutating func add(_ expiry: Int64, _ slot: UInt32) {
        if buckets.isEmpty {
            buckets = Array(repeating: [], count: 65)
            minima = Array(repeating: .max, count: 65)
        }
        let number = bucketNumber(expiry)
        buckets[number].append(Record(expiry: expiry, slot: slot))
        minima[number] = min(minima[number], expiry)
        count += 1
    }

    /// Takes the records up to `watermark`, in no particular order.
    mutating func take(upTo watermark: Int64) -> [Record] {
        guard count > 0, let first = minima.first(where: { $0 != .max }), first <= watermark else {
            return []
        }
        var taken: [Record] = []
        let last = bucketNumber(watermark)
        for number in 0..<last where !buckets[number].isEmpty {
            taken.append(contentsOf: buckets[number])
            clear(number)
        }
        let rest = buckets[last]
        clear(last)
        count -= taken.count + rest.count
        reference = max(reference, watermark)
        for record in rest {
            if record.expiry <= watermark { taken.append(record) } else { add(record.expiry, record.slot) }
        }
        return taken
    }

    mutating func removeAll() {
        buckets = []
        minima = []
        count = 0
    }

    private mutating func clear(_ number: Int) {
        // A bucket that was large once need not stay large.
        buckets[number].removeAll(keepingCapacity: buckets[number].count < 256)
        minima[number] = .max
    }

    private func bucketNumber(_ expiry: Int64) -> Int {
        guard expiry > reference else { return 0 }
        return 64 - UInt64(bitPattern: expiry ^ reference).leadingZeroBitCount
    }
}
