/// Reads what `BinaryEncoder` wrote. Whatever the bytes are, it does not trap: it fails.
public struct BinaryDecoder {
    /// The bytes end too early, or say something impossible.
    public struct Failure: Error {
        public init() {}
    }

    private let bytes: [UInt8]
    /// How many bytes have been read.
    public private(set) var position = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var isAtEnd: Bool { position == bytes.count }

    public mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(Failure) -> Number {
        let size = MemoryLayout<Number>.size
        guard bytes.count - position >= size else { throw Failure() }
        let number = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Number.self) }
        position += size
        return Number(littleEndian: number)
    }

    public mutating func int() throws(Failure) -> Int { Int(try number(Int64.self)) }

    /// A number that counts or measures something.
    public mutating func size() throws(Failure) -> Int {
        let value = try int()
        guard value >= 0, value < 1 << 56 else { throw Failure() }
        return value
    }

    public mutating func flag() throws(Failure) -> Bool { try number(UInt8.self) != 0 }

    public mutating func string() throws(Failure) -> [UInt8] {
        try bytes(Int(try number(UInt32.self)))
    }

    /// As many bytes, whose length does not stand before them.
    public mutating func bytes(_ count: Int) throws(Failure) -> [UInt8] {
        guard count >= 0, bytes.count - position >= count else { throw Failure() }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    /// All bytes that are left.
    public mutating func rest() -> [UInt8] {
        defer { position = bytes.count }
        return Array(bytes[position...])
    }

    public mutating func text() throws(Failure) -> String { String(decoding: try string(), as: UTF8.self) }

    /// As many items as the number in front of them says.
    public mutating func list<Item>(
        _ item: (inout BinaryDecoder) throws(Failure) -> Item
    ) throws(Failure) -> [Item] {
        let count = Int(try number(UInt32.self))
        // An item has a byte at least: no false count makes us allocate.
        guard count <= bytes.count - position else { throw Failure() }
        var items: [Item] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try item(&self)) }
        return items
    }
}
