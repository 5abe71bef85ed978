import Columnar
import Diagnostics
import Storage

/// Entries of a table's journal, one after another, as one block of its file.
///
/// ```
/// block | length: UInt32 of what follows | checksum: UInt64 of the entries | entry …
/// entry | kind: UInt8 | time: Int64 | key length: UInt32 | value length: UInt32 | key | value |
/// ```
struct TableBlock {
    enum Kind: UInt8 {
        /// A row as it is now.
        case row = 1
        /// The row of the key is gone; the value is empty.
        case removal = 2
        /// A row that was handed out before this file began; the value is its print.
        case known = 3
    }

    struct Entry {
        let kind: Kind
        /// Milliseconds since the epoch.
        let time: Int64
        let key: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
        /// Behind the block's start.
        let place: Int
    }

    static let headBytes = 12
    static let entryHeadBytes = 17

    private(set) var bytes: [UInt8] = [UInt8](repeating: 0, count: headBytes)
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    /// Bytes of keys and values.
    var contentBytes: Int { bytes.count - Self.headBytes - count * Self.entryHeadBytes }

    /// Returns where it stands, behind the block's start.
    @discardableResult
    mutating func add(
        _ kind: Kind, time: Int64, key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
    ) -> Int {
        let place = bytes.count
        bytes.append(kind.rawValue)
        withUnsafeBytes(of: time.littleEndian) { bytes.append(contentsOf: $0) }
        for length in [key.count, value.count] {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: length).littleEndian) {
                bytes.append(contentsOf: $0)
            }
        }
        bytes.append(contentsOf: key)
        bytes.append(contentsOf: value)
        count += 1
        return place
    }

    /// The whole block, with its head.
    mutating func finished() -> [UInt8] {
        let length = UInt32(truncatingIfNeeded: bytes.count - 4)
        let sum = bytes.withUnsafeBytes { TableImage.print(of: UnsafeRawBufferPointer(rebasing: $0[12...])) }
        withUnsafeBytes(of: length.littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
        withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange(4..<12, with: $0) }
        return bytes
    }

    /// The entries of a block in memory; nil where it is damaged. `body` is called for each in order.
    static func read(_ block: UnsafeRawBufferPointer, _ body: (Entry) -> Void) -> Bool {
        guard block.count >= headBytes,
            Int(number(block, 0, UInt32.self)) == block.count - 4,
            number(block, 4, UInt64.self)
                == TableImage.print(of: UnsafeRawBufferPointer(rebasing: block[headBytes...]))
        else { return false }
        var place = headBytes
        while place < block.count {
            guard block.count - place >= entryHeadBytes, let kind = Kind(rawValue: block[place]) else {
                return false
            }
            let keyLength = Int(number(block, place + 9, UInt32.self))
            let valueLength = Int(number(block, place + 13, UInt32.self))
            let key = place + entryHeadBytes
            guard block.count - key >= keyLength + valueLength else { return false }
            body(
                Entry(
                    kind: kind, time: number(block, place + 1, Int64.self),
                    key: UnsafeRawBufferPointer(rebasing: block[key..<key + keyLength]),
                    value: UnsafeRawBufferPointer(
                        rebasing: block[key + keyLength..<key + keyLength + valueLength]), place: place))
            place = key + keyLength + valueLength
        }
        return true
    }

    static func number<Number: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ place: Int, _: Number.Type
    ) -> Number {
        Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
    }
}
