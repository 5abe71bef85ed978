import Glibc

/// Finds wanted names among the names in the data: exactly, or without regard to case.
///
/// An open hash table over the names folded to one case. It never changes, so lookups are pure.
final class NameTable {
    struct Match {
        let index: Int
        let isExact: Bool
    }

    private struct Entry {
        /// Of the wanted name plus 1; 0 is an empty entry.
        let index: Int32
        let length: Int32
        let bytes: UnsafeMutablePointer<UInt8>
    }

    private let bytes: UnsafeMutablePointer<UInt8>
    private let entries: UnsafeMutablePointer<Entry>
    /// The table's size, a power of two and at least twice the number of names, less 1.
    private let mask: Int
    /// Names with letters beyond ASCII, lower-cased: rare, and Unicode's rules need more than bytes.
    private let wideNames: [(index: Int, name: [UInt8], folded: [UInt8])]
    private let hasWideNames: Bool

    init(_ names: [String]) {
        let all = names.map { Array($0.utf8) }
        var size = 8
        while size < names.count * 2 { size *= 2 }
        mask = size - 1
        bytes = .allocate(capacity: max(1, all.reduce(0) { $0 + $1.count }))
        entries = .allocate(capacity: size)
        entries.initialize(repeating: Entry(index: 0, length: 0, bytes: bytes), count: size)
        var wide: [(index: Int, name: [UInt8], folded: [UInt8])] = []
        var free = bytes
        for (index, name) in all.enumerated() {
            if name.contains(where: { $0 > 0x7F }) {
                wide.append((index, name, NameTable.lowercased(name)))
                continue
            }
            for (offset, byte) in name.enumerated() { free[offset] = byte }
            var place = name.withUnsafeBytes { NameTable.hash($0) } & mask
            while entries[place].index != 0 { place = (place + 1) & mask }
            entries[place] = Entry(index: Int32(index + 1), length: Int32(name.count), bytes: free)
            free += name.count
        }
        wideNames = wide
        hasWideNames = !wide.isEmpty
    }

    deinit {
        bytes.deallocate()
        entries.deallocate()
    }

    /// Calls `visit` for each wanted name that `name` stands for.
    @inline(__always)
    func forEachMatch(_ name: UnsafeRawBufferPointer, _ visit: (Match) -> Void) {
        var place = NameTable.hash(name) & mask
        while entries[place].index != 0 {
            let index = Int(entries[place].index) &- 1
            switch NameTable.compare(entries[place], name) {
            case 2: visit(Match(index: index, isExact: true))
            case 1: visit(Match(index: index, isExact: false))
            default: break
            }
            place = (place &+ 1) & mask
        }
        if hasWideNames { forEachWideMatch(name, visit) }
    }

    @inline(never)
    private func forEachWideMatch(_ name: UnsafeRawBufferPointer, _ visit: (Match) -> Void) {
        guard name.contains(where: { $0 > 0x7F }) else { return }
        let folded = NameTable.lowercased(Array(name))
        for wanted in wideNames where wanted.folded == folded {
            visit(Match(index: wanted.index, isExact: wanted.name.elementsEqual(name)))
        }
    }

    /// 2: the same bytes; 1: the same but for the case of ASCII letters; 0: different.
    @inline(__always)
    private static func compare(_ entry: Entry, _ name: UnsafeRawBufferPointer) -> Int {
        guard Int(entry.length) == name.count else { return 0 }
        var result = 2
        for index in 0..<name.count {
            let (left, right) = (entry.bytes[index], name[index])
            if left == right { continue }
            let folded = left | 0x20
            guard folded == right | 0x20, folded >= 0x61, folded <= 0x7A else { return 0 }
            result = 1
        }
        return result
    }

    /// Equal for names that differ only in the case of ASCII letters.
    @inline(__always)
    private static func hash(_ name: UnsafeRawBufferPointer) -> Int {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for byte in name { hash = (hash ^ UInt64(byte | 0x20)) &* 0x0000_0100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }

    private static func lowercased(_ name: [UInt8]) -> [UInt8] {
        Array(String(decoding: name, as: UTF8.self).lowercased().utf8)
    }
}
