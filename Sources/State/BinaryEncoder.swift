/// Writes the small, structured parts of state files: little-endian numbers, and byte strings behind their
/// length.
struct BinaryEncoder {
    private(set) var bytes: [UInt8] = []

    mutating func add<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ number: Int) { add(Int64(number)) }

    mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func add(_ text: String) { add(Array(text.utf8)) }

    mutating func add(_ string: [UInt8]) {
        add(UInt32(string.count))
        bytes.append(contentsOf: string)
    }
}
