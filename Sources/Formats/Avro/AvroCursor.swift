/// Reads Avro's binary encoding; never beyond `end`, whatever the bytes say.
///
/// Source: Avro specification 1.11, "Binary Encoding".
struct AvroCursor {
    /// Values without bytes (nulls, empty records) that one record may hold in its arrays: their number is
    /// all that the data says, so a few bytes could ask for any amount of memory.
    static let emptyValueLimit = 65_536
    static let depthLimit = 256

    let base: UnsafeRawPointer
    var position: Int
    var end: Int
    private var emptyValues = 0

    /// Empty values are counted by record.
    mutating func beginRecord() { emptyValues = 0 }

    init(_ base: UnsafeRawPointer, _ range: Range<Int>) {
        self.base = base
        position = range.lowerBound
        end = range.upperBound
    }

    /// Zig-zag in groups of seven bits, least significant first.
    @inline(__always)
    mutating func long() throws(AvroFault) -> Int64 {
        guard position < end else { throw AvroFault(.truncated, position) }
        let first = WordScan.byte(base, position)
        if first < 0x80 {
            position &+= 1
            return Int64(first >> 1) ^ (0 &- Int64(first & 1))
        }
        return try longRest()
    }

    @inline(never)
    private mutating func longRest() throws(AvroFault) -> Int64 {
        var bits: UInt64 = 0
        var shift: UInt64 = 0
        var place = position
        while place < end {
            let byte = WordScan.byte(base, place)
            place &+= 1
            if shift == 63, byte > 1 { throw AvroFault(.badNumber, position) }
            bits |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                position = place
                return Int64(bitPattern: bits >> 1) ^ (0 &- Int64(bitPattern: bits & 1))
            }
            shift &+= 7
            if shift > 63 { throw AvroFault(.badNumber, position) }
        }
        throw AvroFault(.truncated, position)
    }

    @inline(__always)
    mutating func int() throws(AvroFault) -> Int64 {
        let start = position
        let value = try long()
        guard value == Int64(Int32(truncatingIfNeeded: value)) else { throw AvroFault(.badNumber, start) }
        return value
    }

    @inline(__always)
    mutating func boolean() throws(AvroFault) -> Bool {
        guard position < end else { throw AvroFault(.truncated, position) }
        let byte = WordScan.byte(base, position)
        guard byte < 2 else { throw AvroFault(.badBoolean, position) }
        position &+= 1
        return byte == 1
    }

    @inline(__always)
    mutating func float() throws(AvroFault) -> Double {
        guard end &- position >= 4 else { throw AvroFault(.truncated, position) }
        let bits = UInt32(littleEndian: (base + position).loadUnaligned(as: UInt32.self))
        position &+= 4
        return Double(Float(bitPattern: bits))
    }

    @inline(__always)
    mutating func double() throws(AvroFault) -> Double {
        guard end &- position >= 8 else { throw AvroFault(.truncated, position) }
        let bits = UInt64(littleEndian: (base + position).loadUnaligned(as: UInt64.self))
        position &+= 8
        return Double(bitPattern: bits)
    }

    /// The bytes of a value with its length in front.
    @inline(__always)
    mutating func bytes() throws(AvroFault) -> Range<Int> {
        let start = position
        let length = try long()
        guard length >= 0, length <= Int64(end &- position) else { throw AvroFault(.badLength, start) }
        return try fixed(Int(length))
    }

    @inline(__always)
    mutating func fixed(_ count: Int) throws(AvroFault) -> Range<Int> {
        guard count <= end &- position else { throw AvroFault(.truncated, position) }
        let start = position
        position &+= count
        return start..<position
    }

    /// The number of a branch or symbol, below `count`.
    @inline(__always)
    mutating func index(below count: Int32, or kind: AvroFault.Kind) throws(AvroFault) -> Int {
        let start = position
        let index = try long()
        guard index >= 0, index < Int64(count) else { throw AvroFault(kind, start) }
        return Int(index)
    }

    /// The values in the next block of an array or map, each of at least `minimum` bytes; 0 is the end.
    ///
    /// A negative count is followed by the block's bytes.
    mutating func block(minimum: Int) throws(AvroFault) -> (count: Int, bytes: Int?) {
        let start = position
        var count = try long()
        var bytes: Int?
        if count < 0 {
            let size = try long()
            guard size >= 0, size <= Int64(end &- position), count > .min else {
                throw AvroFault(.badLength, start)
            }
            count = -count
            bytes = Int(size)
        }
        if minimum > 0 {
            guard count <= Int64((end &- position) / minimum) else { throw AvroFault(.badLength, start) }
        } else {
            guard count <= Int64(AvroCursor.emptyValueLimit &- emptyValues) else {
                throw AvroFault(.tooMany, start)
            }
            emptyValues &+= Int(count)
        }
        return (Int(count), bytes)
    }
}
