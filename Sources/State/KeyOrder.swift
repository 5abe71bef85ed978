import Columnar

/// Positions of records, or slots, in the order of their keys, as records are written.
struct KeyOrder {
    private struct Item {
        let high: UInt64
        let position: Int
    }

    private var items: [Item] = []

    var count: Int { items.count }

    var positions: [Int] { items.map(\.position) }

    mutating func append(_ key: Fingerprint, _ position: Int) {
        items.append(Item(high: key.high, position: position))
    }

    /// Sorts them.
    ///
    /// - Parameter low: the low word of the key at a position.
    mutating func sort(_ low: (Int) -> UInt64) {
        if items.count > 256 { sortByUpperBits() }
        // What is left to do is to order neighbours that share their upper 33 bits.
        for index in items.indices.dropFirst() {
            let item = items[index]
            var place = index
            while place > 0, KeyOrder.precedes(item, items[place - 1], low) {
                items[place] = items[place - 1]
                place -= 1
            }
            items[place] = item
        }
    }

    private static func precedes(_ left: Item, _ right: Item, _ low: (Int) -> UInt64) -> Bool {
        if left.high != right.high { return left.high < right.high }
        return low(left.position) < low(right.position)
    }

    /// Three rounds of distribution by 11 bits, from the lower to the upper.
    private mutating func sortByUpperBits() {
        var other = items
        for shift in [31, 42, 53] as [UInt64] {
            var starts = [Int](repeating: 0, count: 2049)
            for item in items { starts[Int((item.high >> shift) & 2047) + 1] += 1 }
            for bucket in 0..<2048 { starts[bucket + 1] += starts[bucket] }
            for item in items {
                let bucket = Int((item.high >> shift) & 2047)
                other[starts[bucket]] = item
                starts[bucket] += 1
            }
            swap(&items, &other)
        }
    }
}
