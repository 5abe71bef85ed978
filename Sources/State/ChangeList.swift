import Columnar

/// The entries changed in an epoch, in the order of their first change.
///
/// An entry is listed by its slot while it is in memory, and by its key once it has left.
struct ChangeList {
    enum Item: Equatable {
        case slot(UInt32)
        case key(Fingerprint)
    }

    private static let keyBit: UInt32 = 1 << 31

    private var items: [UInt32] = []
    private var keys: [Fingerprint] = []
    /// Entries that came back from disk, where they stood as changes of this epoch: they are in `items` by
    /// key.
    var returned: [UInt32] = []

    var count: Int { items.count }

    /// Whether some of the entries have left memory.
    var hasKeys: Bool { !keys.isEmpty }

    var memoryBytes: Int { items.capacity * 4 + keys.capacity * 16 + returned.capacity * 4 }

    mutating func append(_ slot: UInt32) { items.append(slot) }

    subscript(_ position: Int) -> Item {
        let item = items[position]
        guard item & ChangeList.keyBit != 0 else { return .slot(item) }
        return .key(keys[Int(item & ~ChangeList.keyBit)])
    }

    /// Calls `body` with each slot that may hold something changed.
    func forEachSlot(_ body: (UInt32) -> Void) {
        for item in items where item & ChangeList.keyBit == 0 { body(item) }
        for slot in returned { body(slot) }
    }

    /// Replaces slots by what `body` gives for them; nil drops the item.
    mutating func update(_ body: (UInt32) -> Item?) {
        var kept = 0
        for position in items.indices {
            var item = items[position]
            if item & ChangeList.keyBit == 0 {
                switch body(item) {
                case .slot(let slot): item = slot
                case .key(let key):
                    item = UInt32(keys.count) | ChangeList.keyBit
                    keys.append(key)
                case nil: continue
                }
            }
            items[kept] = item
            kept += 1
        }
        items.removeLast(items.count - kept)
        returned = returned.compactMap {
            if case .slot(let slot) = body($0) { return slot }
            return nil
        }
    }

    mutating func removeAll() {
        // An epoch that was large once need not be remembered for ever.
        let keep = items.count < 4096
        items.removeAll(keepingCapacity: keep)
        keys.removeAll()
        returned.removeAll()
    }
}
