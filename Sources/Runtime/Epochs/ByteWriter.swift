import Storage

/// Little-endian bytes of what a checkpoint or log keeps.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ value: UInt8) { bytes.append(value) }
    mutating func append(_ value: UInt32) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    mutating func append(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    mutating func append(_ value: Int64) { append(UInt64(bitPattern: value)) }
    mutating func append(_ value: [UInt8]) { bytes.append(contentsOf: value) }

    /// Length, then the UTF-8 bytes.
    mutating func append(_ value: String) {
        let text = Array(value.utf8)
        append(UInt32(text.count))
        append(text)
    }

    func write(to file: any WritableFile) throws(StorageError) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        try file.write(UnsafeRawBufferPointer(copy))
    }
}

/// Reads what a `ByteWriter` wrote; nil when there are fewer bytes than asked for.
struct ByteReader {
    private let source: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { source = bytes }

    var isAtEnd: Bool { position == source.count }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= source.count - position else { return nil }
        defer { position += count }
        return Array(source[position..<position + count])
    }

    mutating func uint8() -> UInt8? {
        guard position < source.count else { return nil }
        defer { position += 1 }
        return source[position]
    }

    mutating func uint32() -> UInt32? {
        guard let raw = bytes(4) else { return nil }
        return raw.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func uint64() -> UInt64? {
        guard let raw = bytes(8) else { return nil }
        return raw.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func int64() -> Int64? { uint64().map(Int64.init(bitPattern:)) }

    mutating func string() -> String? {
        guard let count = uint32(), let raw = bytes(Int(count)) else { return nil }
        return String(decoding: raw, as: UTF8.self)
    }

    mutating func rest() -> [UInt8] {
        defer { position = source.count }
        return Array(source[position...])
    }
}
