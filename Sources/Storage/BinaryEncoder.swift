/// Writes the small, structured parts of files that outlive a crash: little-endian numbers, and byte strings
/// behind their length.
public struct BinaryEncoder {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func add<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func add(_ number: Int) { add(Int64(number)) }

    public mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    public mutating func add(_ text: String) { add(Array(text.utf8)) }

    public mutating func add(_ string: [UInt8]) {
        add(UInt32(string.count))
        add(contentsOf: string)
    }

    /// The bytes alone, without their length.
    public mutating func add(contentsOf string: [UInt8]) { bytes.append(contentsOf: string) }

    /// Appends all that was added to a file.
    public func write(to file: any WritableFile) throws(StorageError) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        try file.write(UnsafeRawBufferPointer(copy))
    }
}
