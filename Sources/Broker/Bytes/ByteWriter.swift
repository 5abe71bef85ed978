/// Writes big-endian numbers, variable-length numbers and runs of bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init() {}

    var count: Int { bytes.count }

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    @inline(__always)
    mutating func number<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    @inline(__always)
    mutating func unsignedVarint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func varint(_ number: Int64) {
        unsignedVarint(UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    /// Bytes that `varint` writes.
    static func varintByteCount(_ number: Int64) -> Int {
        let bits = 64 - UInt64(bitPattern: (number << 1) ^ (number >> 63)).leadingZeroBitCount
        return max(1, (bits + 6) / 7)
    }

    /// Bytes that `sized` writes.
    static func sizedByteCount(_ run: UnsafeRawBufferPointer?) -> Int {
        guard let run else { return 1 }
        return varintByteCount(Int64(run.count)) + run.count
    }

    mutating func append(_ run: UnsafeRawBufferPointer) { bytes.append(contentsOf: run) }

    mutating func append(_ run: [UInt8]) { bytes.append(contentsOf: run) }

    /// Bytes behind their zigzag-coded length; nil has the length -1.
    mutating func sized(_ run: UnsafeRawBufferPointer?) {
        varint(run.map { Int64($0.count) } ?? -1)
        if let run { append(run) }
    }

    /// Puts a number over what stands at `offset`.
    mutating func overwrite<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: number.bigEndian, toByteOffset: offset, as: Number.self)
        }
    }
}
