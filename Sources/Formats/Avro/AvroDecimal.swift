import Columnar

/// Unscaled decimals as big-endian two's complement.
enum AvroDecimal {
    /// nil when it takes more than 128 bits.
    static func value(_ bytes: UnsafeRawBufferPointer) -> Int128? {
        guard let first = bytes.first else { return 0 }
        var value: Int128 = first >= 0x80 ? -1 : 0
        let sign: UInt8 = first >= 0x80 ? 0xFF : 0
        var index = 0
        // Bytes in front that only repeat the sign.
        while bytes.count - index > 16, bytes[index] == sign { index += 1 }
        guard bytes.count - index <= 16, (bytes[index] >= 0x80) == (sign == 0xFF) || bytes.count <= 16
        else { return nil }
        while index < bytes.count {
            value = value << 8 | Int128(bytes[index])
            index += 1
        }
        return value
    }

    /// The fewest bytes that hold the value.
    static func bytes(_ value: Int128) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        } while !((rest == 0 && bytes[bytes.count - 1] < 0x80)
            || (rest == -1 && bytes[bytes.count - 1] >= 0x80))
        return bytes.reversed()
    }
}
