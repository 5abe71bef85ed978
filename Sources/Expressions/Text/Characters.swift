import Columnar
import Glibc

/// Positions of characters (Unicode scalars) in UTF-8. Malformed bytes never trap: a stray one counts as it
/// falls.
enum Characters {
    /// How many characters there are: bytes that continue none.
    @inline(__always)
    static func count(_ text: some Sequence<UInt8>) -> Int {
        var count = 0
        for byte in text where byte & 0xC0 != 0x80 { count &+= 1 }
        return count
    }

    /// The byte offset of the character with an index; the text's end if there are fewer.
    static func offset(_ text: UnsafeRawBufferPointer, of index: Int) -> Int {
        var seen = 0
        for offset in 0..<text.count where text[offset] & 0xC0 != 0x80 {
            if seen == index { return offset }
            seen += 1
        }
        return text.count
    }

    /// The byte offset of the character behind the one at `offset`.
    static func next(_ text: UnsafeRawBufferPointer, _ offset: Int) -> Int {
        var offset = offset + 1
        while offset < text.count, text[offset] & 0xC0 == 0x80 { offset += 1 }
        return offset
    }

    /// Where `wanted`, which is not empty, begins at or behind a byte offset.
    @inline(__always)
    static func find(
        _ wanted: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        guard let base = text.baseAddress, let needle = wanted.baseAddress, let first = wanted.first else {
            return nil
        }
        var position = start
        while position &+ wanted.count <= text.count {
            let room = text.count &- wanted.count &- position &+ 1
            guard let hit = memchr(base + position, Int32(first), room) else { return nil }
            position = base.distance(to: UnsafeRawPointer(hit))
            if memcmp(base + position, needle, wanted.count) == 0 { return position }
            position &+= 1
        }
        return nil
    }
}
