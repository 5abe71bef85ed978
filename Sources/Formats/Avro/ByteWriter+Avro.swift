extension ByteWriter {
    /// Zig-zag in groups of seven bits.
    @inline(__always)
    func append(avro value: Int64) {
        reserve(10)
        var bits = UInt64(bitPattern: value << 1 ^ value >> 63)
        var written = 0
        while bits > 0x7F {
            end.storeBytes(of: UInt8(truncatingIfNeeded: bits) | 0x80, toByteOffset: written, as: UInt8.self)
            bits >>= 7
            written &+= 1
        }
        end.storeBytes(of: UInt8(truncatingIfNeeded: bits), toByteOffset: written, as: UInt8.self)
        advance(written &+ 1)
    }

    func append(avro value: Double) { withUnsafeBytes(of: value.bitPattern.littleEndian) { append($0) } }

    func append(avro value: Float) { withUnsafeBytes(of: value.bitPattern.littleEndian) { append($0) } }
}
