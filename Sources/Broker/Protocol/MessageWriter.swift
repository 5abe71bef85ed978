/// Writes the fields of a message.
struct MessageWriter {
    private var writer = ByteWriter()
    /// What stands before `writer`: long runs of bytes are kept as they came, and not copied.
    private var whole: [[UInt8]] = []
    /// Runs of bytes from this length on stay by themselves.
    private let splitByteCount: Int

    init(splittingAt byteCount: Int = .max) { splitByteCount = byteCount }

    var bytes: [UInt8] {
        if whole.isEmpty { return writer.bytes }
        return Array(whole.joined()) + writer.bytes
    }

    /// The same, in pieces.
    var pieces: [[UInt8]] { whole + [writer.bytes] }

    var byteCount: Int { whole.reduce(writer.count) { $0 + $1.count } }

    /// Puts a number over the first bytes.
    mutating func overwriteStart(_ number: Int32) {
        if whole.isEmpty { return writer.overwrite(number, at: 0) }
        withUnsafeBytes(of: number.bigEndian) { whole[0].replaceSubrange(..<4, with: $0) }
    }

    mutating func number<Number: FixedWidthInteger>(_ number: Number) { writer.number(number) }

    mutating func bool(_ value: Bool) { writer.number(UInt8(value ? 1 : 0)) }

    mutating func double(_ value: Double) { writer.number(value.bitPattern) }

    mutating func identifier(_ value: Identifier) {
        writer.number(value.high)
        writer.number(value.low)
    }

    private mutating func length(_ count: Int?, isFlexible: Bool, isShort: Bool) {
        if isFlexible {
            writer.unsignedVarint(UInt64((count ?? -1) + 1))
        } else if isShort {
            writer.number(Int16(truncatingIfNeeded: count ?? -1))
        } else {
            writer.number(Int32(truncatingIfNeeded: count ?? -1))
        }
    }

    /// In the old form a string has 32,767 bytes at most: what is longer is cut between two characters.
    mutating func string(_ text: String?, _ isFlexible: Bool) {
        guard var text else { return length(nil, isFlexible: isFlexible, isShort: true) }
        if !isFlexible, text.utf8.count > Int(Int16.max) {
            var cut = Substring(text.prefix(Int(Int16.max)))
            while cut.utf8.count > Int(Int16.max) { cut.removeLast() }
            text = String(cut)
        }
        length(text.utf8.count, isFlexible: isFlexible, isShort: true)
        writer.append(Array(text.utf8))
    }

    mutating func bytes(_ bytes: [UInt8]?, _ isFlexible: Bool) {
        length(bytes?.count, isFlexible: isFlexible, isShort: false)
        guard let bytes else { return }
        guard bytes.count >= splitByteCount else { return writer.append(bytes) }
        whole.append(writer.bytes)
        whole.append(bytes)
        writer = ByteWriter()
    }

    mutating func array<Element>(
        _ elements: [Element]?, _ isFlexible: Bool, _ write: (inout MessageWriter, Element) -> Void
    ) {
        length(elements?.count, isFlexible: isFlexible, isShort: false)
        for element in elements ?? [] { write(&self, element) }
    }

    mutating func nullable<Structure>(_ value: Structure?, _ write: (inout MessageWriter, Structure) -> Void)
    {
        writer.number(Int8(value == nil ? -1 : 1))
        if let value { write(&self, value) }
    }

    /// The bytes of one tagged field.
    static func tag(_ tag: UInt32, _ write: (inout MessageWriter) -> Void) -> UnknownTag {
        var field = MessageWriter()
        write(&field)
        return UnknownTag(tag: tag, bytes: field.bytes)
    }

    mutating func tags(_ tags: [UnknownTag]) {
        writer.unsignedVarint(UInt64(tags.count))
        for tag in tags.sorted(by: { $0.tag < $1.tag }) {
            writer.unsignedVarint(UInt64(tag.tag))
            writer.unsignedVarint(UInt64(tag.bytes.count))
            writer.append(tag.bytes)
        }
    }
}
