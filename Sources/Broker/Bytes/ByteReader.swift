/// Reads big-endian numbers, variable-length numbers and runs of bytes, without copying.
///
/// Whatever the bytes are, it does not trap: it throws `incomplete` where they end too early, `corrupt` where
/// they say something impossible. The bytes must outlive the reader and all that it gave out.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }
    var isAtEnd: Bool { position == bytes.count }

    @inline(__always)
    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(RecordError) -> Number {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { throw .incomplete(needed: position + size) }
        let number = bytes.loadUnaligned(fromByteOffset: position, as: Number.self)
        position += size
        return Number(bigEndian: number)
    }

    /// Seven bits a byte, the lowest first; at most 64 bits.
    @inline(__always)
    mutating func unsignedVarint() throws(RecordError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < bytes.count else { throw .incomplete(needed: position + 1) }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 {
                // The tenth byte has room for one bit.
                guard shift < 63 || byte <= 1 else { throw .corrupt("a number of more than 64 bits") }
                return value
            }
            shift += 7
            guard shift <= 63 else { throw .corrupt("a number of more than 64 bits") }
        }
    }

    /// Zigzag-coded, so that small negative numbers are short.
    @inline(__always)
    mutating func varint() throws(RecordError) -> Int64 {
        let value = try unsignedVarint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// A zigzag-coded number that fits into 32 bits.
    @inline(__always)
    mutating func varint32() throws(RecordError) -> Int32 {
        guard let value = Int32(exactly: try varint()) else {
            throw .corrupt("a number of more than 32 bits")
        }
        return value
    }

    @inline(__always)
    mutating func take(_ count: Int) throws(RecordError) -> UnsafeRawBufferPointer {
        guard count >= 0 else { throw .corrupt("a length of \(count)") }
        guard remaining >= count else {
            throw .incomplete(needed: position.addingReportingOverflow(count).partialValue)
        }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    /// Bytes behind their zigzag-coded length; nil where that is negative.
    @inline(__always)
    mutating func takeSized() throws(RecordError) -> UnsafeRawBufferPointer? {
        let count = Int(try varint32())
        return count < 0 ? nil : try take(count)
    }
}
