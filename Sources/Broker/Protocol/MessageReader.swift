/// Reads the fields of a message. Whatever the bytes are, it does not trap.
///
/// Allocates for strings and bytes no more than came, and for all arrays together no more than `elementLimit`
/// elements: a small element can take a hundred times its bytes in memory.
struct MessageReader {
    /// Elements of arrays in one message, unless a caller says otherwise.
    static let elementLimit = 1 << 20

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var elementsLeft: Int
    private let elementLimit: Int

    init(_ bytes: UnsafeRawBufferPointer, elementLimit: Int = MessageReader.elementLimit) {
        self.bytes = bytes
        self.elementLimit = elementLimit
        elementsLeft = elementLimit
    }

    var remaining: Int { bytes.count - position }

    @inline(__always)
    mutating func number<Number: FixedWidthInteger>(
        _: Number.Type = Number.self
    ) throws(MessageError) -> Number {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { throw .incomplete }
        defer { position += size }
        return Number(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    mutating func bool() throws(MessageError) -> Bool { try number(UInt8.self) != 0 }

    mutating func double() throws(MessageError) -> Double { Double(bitPattern: try number(UInt64.self)) }

    mutating func identifier() throws(MessageError) -> Identifier {
        Identifier(high: try number(), low: try number())
    }

    mutating func unsignedVarint() throws(MessageError) -> UInt32 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 28, by: 7) {
            let byte = try number(UInt8.self)
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 {
                guard let value = UInt32(exactly: value) else { break }
                return value
            }
        }
        throw .malformed("a number of more than 32 bits")
    }

    /// nil stands for null.
    private mutating func length(isFlexible: Bool, isShort: Bool) throws(MessageError) -> Int? {
        let length: Int
        if isFlexible {
            length = Int(try unsignedVarint()) - 1
        } else {
            length = isShort ? Int(try number(Int16.self)) : Int(try number(Int32.self))
        }
        guard length >= -1 else { throw .malformed("a length of \(length)") }
        return length == -1 ? nil : length
    }

    private mutating func take(_ count: Int) throws(MessageError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw .incomplete }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func nullableString(_ isFlexible: Bool) throws(MessageError) -> String? {
        guard let count = try length(isFlexible: isFlexible, isShort: true) else { return nil }
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw .malformed("a string that is not UTF-8")
        }
        return text
    }

    mutating func string(_ isFlexible: Bool) throws(MessageError) -> String {
        guard let text = try nullableString(isFlexible) else {
            throw .malformed("null, where a string is needed")
        }
        return text
    }

    mutating func nullableBytes(_ isFlexible: Bool) throws(MessageError) -> [UInt8]? {
        guard let count = try length(isFlexible: isFlexible, isShort: false) else { return nil }
        return Array(try take(count))
    }

    mutating func bytes(_ isFlexible: Bool) throws(MessageError) -> [UInt8] {
        guard let bytes = try nullableBytes(isFlexible) else {
            throw .malformed("null, where bytes are needed")
        }
        return bytes
    }

    mutating func nullableArray<Element>(
        _ isFlexible: Bool, _ element: (inout MessageReader) throws(MessageError) -> Element
    ) throws(MessageError) -> [Element]? {
        guard let count = try length(isFlexible: isFlexible, isShort: false) else { return nil }
        // Each element has a byte at least.
        guard count <= remaining else { throw .incomplete }
        guard count <= elementsLeft else { throw .tooLarge(elements: elementLimit) }
        elementsLeft -= count
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    mutating func array<Element>(
        _ isFlexible: Bool, _ element: (inout MessageReader) throws(MessageError) -> Element
    ) throws(MessageError) -> [Element] {
        guard let elements = try nullableArray(isFlexible, element) else {
            throw .malformed("null, where an array is needed")
        }
        return elements
    }

    /// A structure that may be null: a byte says so, -1.
    mutating func nullable<Structure>(
        _ structure: (inout MessageReader) throws(MessageError) -> Structure
    ) throws(MessageError) -> Structure? {
        try number(Int8.self) < 0 ? nil : try structure(&self)
    }

    /// The tagged fields at the end of a structure; `known` reads those that it knows and says so.
    mutating func tags(
        _ known: (UInt32, inout MessageReader) throws(MessageError) -> Bool = { _, _ in false }
    ) throws(MessageError) -> [UnknownTag] {
        var unknown: [UnknownTag] = []
        var last: UInt32?
        for _ in 0..<(try unsignedVarint()) {
            let tag = try unsignedVarint()
            guard last.map({ $0 < tag }) ?? true else { throw .malformed("tag \(tag) out of order") }
            last = tag
            guard elementsLeft > 0 else { throw .tooLarge(elements: elementLimit) }
            elementsLeft -= 1
            let field = try take(Int(try unsignedVarint()))
            var reader = MessageReader(field, elementLimit: elementsLeft)
            if try known(tag, &reader) {
                guard reader.remaining == 0 else { throw .malformed("bytes behind the field of tag \(tag)") }
                elementsLeft = reader.elementsLeft
            } else {
                unknown.append(UnknownTag(tag: tag, bytes: Array(field)))
            }
        }
        return unknown
    }
}
