/// Writes numbers and identifiers as ASCII through a raw pointer; the caller has reserved the room.
enum NumberText {
    /// Enough for any number that is written here.
    static let longest = 40

    /// `value` in decimal digits, at least `width` of them.
    @inline(__always)
    static func write(_ value: UInt64, width: Int = 1, to cursor: inout UnsafeMutableRawPointer) {
        var digits = 1
        var limit: UInt64 = 10
        while value >= limit {
            digits += 1
            if digits == 20 { break }
            limit &*= 10
        }
        let length = max(digits, width)
        var rest = value
        var index = length
        while index > 0 {
            index &-= 1
            let quotient = rest / 10
            cursor.storeBytes(
                of: UInt8(truncatingIfNeeded: rest &- quotient &* 10) &+ 0x30, toByteOffset: index,
                as: UInt8.self)
            rest = quotient
        }
        cursor += length
    }

    /// An amount in cents as units with two decimals: `1999` is `19.99`, `-5` is `-0.05`.
    @inline(__always)
    static func write(cents: Int64, to cursor: inout UnsafeMutableRawPointer) {
        if cents < 0 { write(byte: UInt8(ascii: "-"), to: &cursor) }
        let magnitude = cents.magnitude
        write(magnitude / 100, to: &cursor)
        write(byte: UInt8(ascii: "."), to: &cursor)
        write(magnitude % 100, width: 2, to: &cursor)
    }

    /// The 16 lower-case hexadecimal digits of `value`, all nibbles spread and mapped at once.
    @inline(__always)
    static func write(hex value: UInt64, to cursor: inout UnsafeMutableRawPointer) {
        cursor.storeBytes(of: hexDigits(UInt32(truncatingIfNeeded: value &>> 32)), as: UInt64.self)
        cursor.storeBytes(of: hexDigits(UInt32(truncatingIfNeeded: value)), toByteOffset: 8, as: UInt64.self)
        cursor += 16
    }

    /// A UUID as `8-4-4-4-12` digits.
    @inline(__always)
    static func write(uuid high: UInt64, _ low: UInt64, to cursor: inout UnsafeMutableRawPointer) {
        let dash = UInt8(ascii: "-")
        let middle = hexDigits(UInt32(truncatingIfNeeded: high))
        let variant = hexDigits(UInt32(truncatingIfNeeded: low &>> 32))
        cursor.storeBytes(of: hexDigits(UInt32(truncatingIfNeeded: high &>> 32)), as: UInt64.self)
        cursor.storeBytes(of: dash, toByteOffset: 8, as: UInt8.self)
        cursor.storeBytes(of: UInt32(truncatingIfNeeded: middle), toByteOffset: 9, as: UInt32.self)
        cursor.storeBytes(of: dash, toByteOffset: 13, as: UInt8.self)
        cursor.storeBytes(of: UInt32(truncatingIfNeeded: middle &>> 32), toByteOffset: 14, as: UInt32.self)
        cursor.storeBytes(of: dash, toByteOffset: 18, as: UInt8.self)
        cursor.storeBytes(of: UInt32(truncatingIfNeeded: variant), toByteOffset: 19, as: UInt32.self)
        cursor.storeBytes(of: dash, toByteOffset: 23, as: UInt8.self)
        cursor.storeBytes(of: UInt32(truncatingIfNeeded: variant &>> 32), toByteOffset: 24, as: UInt32.self)
        cursor.storeBytes(of: hexDigits(UInt32(truncatingIfNeeded: low)), toByteOffset: 28, as: UInt64.self)
        cursor += 36
    }

    @inline(__always)
    static func write(byte: UInt8, to cursor: inout UnsafeMutableRawPointer) {
        cursor.storeBytes(of: byte, as: UInt8.self)
        cursor += 1
    }

    /// Eight hexadecimal digits, the first in the lowest byte (as little-endian memory wants it).
    @inline(__always)
    private static func hexDigits(_ value: UInt32) -> UInt64 {
        var nibbles = UInt64(value.byteSwapped)
        nibbles = (nibbles | (nibbles &<< 16)) & 0x0000_FFFF_0000_FFFF
        nibbles = (nibbles | (nibbles &<< 8)) & 0x00FF_00FF_00FF_00FF
        nibbles = ((nibbles &<< 8) & 0x0F00_0F00_0F00_0F00) | ((nibbles &>> 4) & 0x000F_000F_000F_000F)
        // Each nibble above 9 gets 'a' − '0' − 10 = 39 more than '0'.
        let letters = ((nibbles &+ 0x0606_0606_0606_0606) &>> 4) & 0x0101_0101_0101_0101
        return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
    }
}
