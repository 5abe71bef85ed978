import Columnar

/// What `takeExpired` has found and not handed out yet, in the order in which it does.
struct ExpiredEntries {
    struct Item {
        let expiry: Int64
        let key: Fingerprint
        /// `KeyedStateStore.none` when the entry is not in memory.
        var slot: UInt32

        static func isBefore(_ left: Item, _ right: Item) -> Bool {
            if left.expiry != right.expiry { return left.expiry < right.expiry }
            if left.key.high != right.key.high { return left.key.high < right.key.high }
            return left.key.low < right.key.low
        }
    }

    var items: [Item] = []
    var position = 0
    var watermark = Int64.min

    var memoryBytes: Int { items.capacity * MemoryLayout<Item>.stride }

    var isExhausted: Bool { position == items.count }
}
