import Columnar
import Glibc

/// From a key's hash to the slots that may hold it: extendible hashing over groups of one cache line.
///
/// A group has 12 places: bytes 0–11 are tags (0 empty, else 7 bits of the hash under a set high bit), byte
/// 12 counts the keys that found it full and went to the next group, bytes 16–63 are the slots. A segment has
/// at most 512 groups and splits when it is five sixths full, so that growth costs 5,000 keys at a time and
/// never all. The directory leads from the hash's upper bits to segments; bits 0–8 choose the group.
struct SlotIndex {
    static let places = 12
    private static let groupBytes = 64
    private static let groupLimit: UInt64 = 512

    /// In the line before a segment's first group.
    private struct Header {
        var depth: UInt32
        var count: UInt32
    }

    /// 2^depth segments; a null pointer stands for the segment of an empty index.
    private(set) var directory: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private(set) var depth: UInt64 = 0
    /// Groups in each segment, less one.
    private(set) var groupMask: UInt64 = 0
    private var segmentCount = 1

    init() {
        directory = .allocate(capacity: 1)
        directory.initialize(to: SlotIndex.makeSegment(groups: 1, depth: 0))
    }

    func deallocate() {
        forEachSegment { segment, _ in free(segment - SlotIndex.groupBytes) }
        directory.deallocate()
    }

    var memoryBytes: Int {
        segmentCount * (Int(groupMask) + 2) * SlotIndex.groupBytes + (8 << Int(depth))
    }

    @inline(__always)
    static func hash(_ key: Fingerprint) -> UInt64 {
        // All keys of a store share the bits that chose it among the shards.
        Fingerprint.mix(key.low ^ 0x2545_F491_4F6C_DD1D, key.high ^ 0x9FB2_1C65_1E98_DF25)
    }

    @inline(__always)
    static func tag(_ hash: UInt64) -> UInt64 { (hash &>> 32) & 0x7F | 0x80 }

    @inline(__always)
    static func segmentNumber(_ hash: UInt64, _ depth: UInt64) -> Int {
        Int(truncatingIfNeeded: (hash &>> 1) &>> (63 &- depth))
    }

    /// The places of the group whose tag is `tag`, as the high bits of 12 bytes; a few others may be among
    /// them.
    @inline(__always)
    static func matches(_ group: UnsafeMutableRawPointer, _ tag: UInt64) -> (UInt64, UInt64) {
        let pattern = tag &* 0x0101_0101_0101_0101
        let first = group.load(as: UInt64.self) ^ pattern
        let second = group.load(fromByteOffset: 8, as: UInt64.self) ^ pattern
        return (
            (first &- 0x0101_0101_0101_0101) & ~first & 0x8080_8080_8080_8080,
            (second &- 0x0101_0101_0101_0101) & ~second & 0x8080_8080
        )
    }

    @inline(__always)
    static func slot(_ group: UnsafeMutableRawPointer, _ place: Int) -> UInt32 {
        group.load(fromByteOffset: 16 &+ place &* 4, as: UInt32.self)
    }

    /// The slot that holds `key`, or `UInt32.max`.
    func find(_ hash: UInt64, _ key: Fingerprint, in arena: EntryArena) -> UInt32 {
        let segment = directory[SlotIndex.segmentNumber(hash, depth)]
        let tag = SlotIndex.tag(hash)
        var number = hash & groupMask
        for _ in 0...groupMask {
            let group = segment + Int(number) * SlotIndex.groupBytes
            var (first, second) = SlotIndex.matches(group, tag)
            while first != 0 || second != 0 {
                let place: Int
                if first != 0 {
                    place = first.trailingZeroBitCount >> 3
                    first &= first &- 1
                } else {
                    place = 8 + second.trailingZeroBitCount >> 3
                    second &= second &- 1
                }
                let slot = SlotIndex.slot(group, place)
                let entry = arena.address(slot)
                if entry.load(as: UInt64.self) == key.low,
                    entry.load(fromByteOffset: 8, as: UInt64.self) == key.high,
                    group.load(fromByteOffset: place, as: UInt8.self) != 0
                {
                    return slot
                }
            }
            if group.load(fromByteOffset: 12, as: UInt8.self) == 0 { break }
            number = (number + 1) & groupMask
        }
        return .max
    }

    /// Has the line on its way in which the hash's key most likely is. Returns something of it.
    @inline(__always)
    func approach(_ hash: UInt64) -> UInt8 {
        directory[SlotIndex.segmentNumber(hash, depth)].load(
            fromByteOffset: Int(truncatingIfNeeded: hash & groupMask) &* SlotIndex.groupBytes, as: UInt8.self)
    }

    /// Adds a slot whose key is not in the index and stands in the arena.
    mutating func insert(_ hash: UInt64, _ slot: UInt32, in arena: EntryArena) {
        while true {
            let segment = directory[SlotIndex.segmentNumber(hash, depth)]
            let header = segment - SlotIndex.groupBytes
            let count = header.load(as: Header.self).count
            if UInt64(count) < (groupMask + 1) * 10 {
                header.storeBytes(of: count + 1, toByteOffset: 4, as: UInt32.self)
                SlotIndex.place(hash, slot, in: segment, groupMask)
                return
            }
            if groupMask + 1 < SlotIndex.groupLimit { grow(arena) } else { split(hash, arena) }
        }
    }

    /// Takes a slot out that is in the index under `hash`.
    mutating func remove(_ hash: UInt64, _ slot: UInt32) {
        let (group, place) = locate(hash, slot, leaving: true)
        group.storeBytes(of: 0, toByteOffset: place, as: UInt8.self)
        // Look-ups read a place before they know that it is empty; slot 0 is always there to be read.
        group.storeBytes(of: 0, toByteOffset: 16 + place * 4, as: UInt32.self)
        let header = directory[SlotIndex.segmentNumber(hash, depth)] - SlotIndex.groupBytes
        header.storeBytes(of: header.load(as: Header.self).count - 1, toByteOffset: 4, as: UInt32.self)
    }

    /// The entry under `hash` has moved from one slot to another.
    func replace(_ hash: UInt64, _ slot: UInt32, with newSlot: UInt32) {
        let (group, place) = locate(hash, slot, leaving: false)
        group.storeBytes(of: newSlot, toByteOffset: 16 + place * 4, as: UInt32.self)
    }

    private func locate(
        _ hash: UInt64, _ slot: UInt32, leaving: Bool
    ) -> (group: UnsafeMutableRawPointer, place: Int) {
        let segment = directory[SlotIndex.segmentNumber(hash, depth)]
        let tag = SlotIndex.tag(hash)
        var number = hash & groupMask
        for _ in 0...groupMask {
            let group = segment + Int(number) * SlotIndex.groupBytes
            var (first, second) = SlotIndex.matches(group, tag)
            while first != 0 || second != 0 {
                let place: Int
                if first != 0 {
                    place = first.trailingZeroBitCount >> 3
                    first &= first &- 1
                } else {
                    place = 8 + second.trailingZeroBitCount >> 3
                    second &= second &- 1
                }
                // An empty place holds slot 0.
                if SlotIndex.slot(group, place) == slot,
                    UInt64(group.load(fromByteOffset: place, as: UInt8.self)) == tag
                {
                    return (group, place)
                }
            }
            let passed = group.load(fromByteOffset: 12, as: UInt8.self)
            // 255 has lost count, and stays.
            if leaving, passed != 255, passed != 0 {
                group.storeBytes(of: passed - 1, toByteOffset: 12, as: UInt8.self)
            }
            number = (number + 1) & groupMask
        }
        preconditionFailure("the slot is not in the index")
    }

    private static func makeSegment(groups: UInt64, depth: UInt32) -> UnsafeMutableRawPointer {
        let bytes = (Int(groups) + 1) * groupBytes
        guard let memory = aligned_alloc(groupBytes, bytes) else { preconditionFailure("out of memory") }
        memset(memory, 0, bytes)
        memory.storeBytes(of: Header(depth: depth, count: 0), as: Header.self)
        return memory + groupBytes
    }

    private static func place(
        _ hash: UInt64, _ slot: UInt32, in segment: UnsafeMutableRawPointer, _ groupMask: UInt64
    ) {
        var number = hash & groupMask
        while true {
            let group = segment + Int(number) * groupBytes
            let first = ~group.load(as: UInt64.self) & 0x8080_8080_8080_8080
            let second = ~group.load(fromByteOffset: 8, as: UInt64.self) & 0x8080_8080
            if first != 0 || second != 0 {
                let place =
                    first != 0 ? first.trailingZeroBitCount >> 3 : 8 + second.trailingZeroBitCount >> 3
                group.storeBytes(
                    of: UInt8(truncatingIfNeeded: tag(hash)), toByteOffset: place, as: UInt8.self)
                group.storeBytes(of: slot, toByteOffset: 16 + place * 4, as: UInt32.self)
                return
            }
            let passed = group.load(fromByteOffset: 12, as: UInt8.self)
            if passed != 255 { group.storeBytes(of: passed + 1, toByteOffset: 12, as: UInt8.self) }
            number = (number + 1) & groupMask
        }
    }

    private mutating func grow(_ arena: EntryArena) {
        let old = directory[0]
        let groups = (groupMask + 1) * 2
        let segment = SlotIndex.makeSegment(groups: groups, depth: 0)
        SlotIndex.forEachSlot(of: old, groupMask, arena) { hash, slot in
            SlotIndex.place(hash, slot, in: segment, groups - 1)
        }
        SlotIndex.copyCount(from: old, to: segment)
        free(old - SlotIndex.groupBytes)
        directory[0] = segment
        groupMask = groups - 1
    }

    private mutating func split(_ hash: UInt64, _ arena: EntryArena) {
        let old = directory[SlotIndex.segmentNumber(hash, depth)]
        let oldDepth = UInt64((old - SlotIndex.groupBytes).load(as: Header.self).depth)
        if oldDepth == depth { doubleDirectory() }
        let newDepth = UInt32(oldDepth + 1)
        let lower = SlotIndex.makeSegment(groups: groupMask + 1, depth: newDepth)
        let upper = SlotIndex.makeSegment(groups: groupMask + 1, depth: newDepth)
        var counts: (UInt32, UInt32) = (0, 0)
        SlotIndex.forEachSlot(of: old, groupMask, arena) { hash, slot in
            if (hash &<< oldDepth) >> 63 == 0 {
                SlotIndex.place(hash, slot, in: lower, groupMask)
                counts.0 += 1
            } else {
                SlotIndex.place(hash, slot, in: upper, groupMask)
                counts.1 += 1
            }
        }
        (lower - SlotIndex.groupBytes).storeBytes(of: counts.0, toByteOffset: 4, as: UInt32.self)
        (upper - SlotIndex.groupBytes).storeBytes(of: counts.1, toByteOffset: 4, as: UInt32.self)
        // The old segment's entries in the directory are neighbours: the first half gets the lower one.
        let span = 1 << Int(depth - oldDepth)
        let start = SlotIndex.segmentNumber(hash, depth) / span * span
        for number in 0..<span { directory[start + number] = number < span / 2 ? lower : upper }
        segmentCount += 1
        free(old - SlotIndex.groupBytes)
    }

    private mutating func doubleDirectory() {
        let size = 1 << Int(depth)
        let doubled = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: size * 2)
        for number in 0..<size * 2 { (doubled + number).initialize(to: directory[number / 2]) }
        directory.deallocate()
        directory = doubled
        depth += 1
    }

    private static func copyCount(from old: UnsafeMutableRawPointer, to new: UnsafeMutableRawPointer) {
        let count = (old - groupBytes).load(as: Header.self).count
        (new - groupBytes).storeBytes(of: count, toByteOffset: 4, as: UInt32.self)
    }

    /// Calls `body` with each slot of a segment and its hash.
    @inline(__always)
    private static func forEachSlot(
        of segment: UnsafeMutableRawPointer, _ groupMask: UInt64, _ arena: EntryArena,
        _ body: (UInt64, UInt32) -> Void
    ) {
        let hashes = UnsafeMutablePointer<UInt64>.allocate(capacity: (Int(groupMask) + 1) * places)
        defer { hashes.deallocate() }
        // The hashes first and without a branch, so that the look-ups of keys overlap. An empty place reads
        // slot 0.
        for number in 0...Int(groupMask) {
            let group = segment + number &* groupBytes
            for place in 0..<places {
                let entry = arena.address(slot(group, place))
                hashes[number &* places &+ place] = hash(entry.load(as: Fingerprint.self))
            }
        }
        for number in 0...Int(groupMask) {
            let group = segment + number &* groupBytes
            for place in 0..<places where group.load(fromByteOffset: place, as: UInt8.self) != 0 {
                body(hashes[number &* places &+ place], slot(group, place))
            }
        }
    }

    private func forEachSegment(_ body: (UnsafeMutableRawPointer, UInt64) -> Void) {
        var number = 0
        while number < 1 << Int(depth) {
            let segment = directory[number]
            let segmentDepth = UInt64((segment - SlotIndex.groupBytes).load(as: Header.self).depth)
            body(segment, segmentDepth)
            number += 1 << Int(depth - segmentDepth)
        }
    }
}
