import Columnar

/// Slots in the order of their keys, as records are written.
struct KeyOrder {
    private struct Item {
        let high: UInt64
        let slot: UInt32
    }

    private var items: [Item] = []

    var count: Int { items.count }

    mutating func append(_ key: Fingerprint, _ slot: UInt32) {
        items.append(Item(high: key.high, slot: slot))
    }

    /// Sorts and calls `body` with each slot.
    mutating func forEach(
        _ store: KeyedStateStore, _ body: (UInt32) throws(StateError) -> Void
    ) throws(StateError) {
        if items.count > 256 { sortByUpperBits() }
        // What is left to do is to order neighbours that share their upper 33 bits.
        for position in items.indices.dropFirst() {
            let item = items[position]
            var place = position
            while place > 0, precedes(item, items[place - 1], store) {
                items[place] = items[place - 1]
                place -= 1
            }
            items[place] = item
        }
        for item in items { try body(item.slot) }
    }

    private func precedes(_ left: Item, _ right: Item, _ store: KeyedStateStore) -> Bool {
        if left.high != right.high { return left.high < right.high }
        return store.key(of: left.slot).low < store.key(of: right.slot).low
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
