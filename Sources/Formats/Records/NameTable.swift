import Glibc

/// Finds wanted names among the names in the data: exactly, or without regard to case.
///
/// An open hash table over the names folded to one case. It never changes, so lookups are pure.
final class NameTable {
    struct Match {
        let index: Int
        let isExact: Bool
    }

    private let names: [[UInt8]]
    /// Names with letters beyond ASCII, lower-cased: rare, and Unicode's rules need more than bytes.
    private let foldedWide: [Int: [UInt8]]
    /// Indices of names plus 1; 0 is empty. A power of two, at most half full.
    private let table: [Int32]

    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        var wide: [Int: [UInt8]] = [:]
        var size = 8
        while size < names.count * 2 { size *= 2 }
        var table = [Int32](repeating: 0, count: size)
        for (index, name) in self.names.enumerated() {
            if name.contains(where: { $0 > 0x7F }) {
                wide[index] = NameTable.lowercased(name)
                continue
            }
            var place = name.withUnsafeBytes { NameTable.hash($0) } & (size - 1)
            while table[place] != 0 { place = (place + 1) & (size - 1) }
            table[place] = Int32(index + 1)
        }
        self.table = table
        foldedWide = wide
    }

    /// Calls `visit` for each wanted name that `name` stands for.
    @inline(__always)
    func forEachMatch(_ name: UnsafeRawBufferPointer, _ visit: (Match) -> Void) {
        let mask = table.count &- 1
        var place = NameTable.hash(name) & mask
        while table[place] != 0 {
            let index = Int(table[place]) &- 1
            switch compare(names[index], name) {
            case 2: visit(Match(index: index, isExact: true))
            case 1: visit(Match(index: index, isExact: false))
            default: break
            }
            place = (place &+ 1) & mask
        }
        if !foldedWide.isEmpty { forEachWideMatch(name, visit) }
    }

    private func forEachWideMatch(_ name: UnsafeRawBufferPointer, _ visit: (Match) -> Void) {
        guard name.contains(where: { $0 > 0x7F }) else { return }
        let folded = NameTable.lowercased(Array(name))
        for (index, wanted) in foldedWide where wanted == folded {
            visit(Match(index: index, isExact: names[index].elementsEqual(name)))
        }
    }

    /// 2: the same bytes; 1: the same but for the case of ASCII letters; 0: different.
    private func compare(_ wanted: [UInt8], _ name: UnsafeRawBufferPointer) -> Int {
        guard wanted.count == name.count else { return 0 }
        var result = 2
        for index in 0..<name.count {
            let (left, right) = (wanted[index], name[index])
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
