extension JSONValue: CustomStringConvertible {
    /// The document without white space.
    public var text: String {
        let out = ByteWriter()
        write(to: out)
        return out.text
    }

    /// The document on lines indented by two blanks.
    public var indentedText: String {
        let out = ByteWriter()
        write(to: out, indent: 0)
        return out.text
    }

    public var description: String { text }

    /// Appends the document without white space.
    public func write(to out: ByteWriter) { write(to: out, indent: nil) }

    private func write(to out: ByteWriter, indent: Int?) {
        switch self {
        case .null: out.append("null")
        case .boolean(let value): out.append(value ? "true" as StaticString : "false")
        case .number(let text): out.append(text)
        case .string(let text): out.appendJSONString(text)
        case .array(let elements):
            out.append(0x5B)
            for (index, element) in elements.enumerated() {
                JSONValue.separate(out, index, indent)
                element.write(to: out, indent: indent.map { $0 + 1 })
            }
            JSONValue.close(out, isEmpty: elements.isEmpty, indent)
            out.append(0x5D)
        case .object(let members):
            out.append(0x7B)
            for (index, member) in members.enumerated() {
                JSONValue.separate(out, index, indent)
                out.appendJSONString(member.name)
                out.append(0x3A)
                if indent != nil { out.append(0x20) }
                member.value.write(to: out, indent: indent.map { $0 + 1 })
            }
            JSONValue.close(out, isEmpty: members.isEmpty, indent)
            out.append(0x7D)
        }
    }

    private static func separate(_ out: ByteWriter, _ index: Int, _ indent: Int?) {
        if index > 0 { out.append(0x2C) }
        if let indent { out.appendLine(indent: indent + 1) }
    }

    private static func close(_ out: ByteWriter, isEmpty: Bool, _ indent: Int?) {
        if let indent, !isEmpty { out.appendLine(indent: indent) }
    }
}

extension ByteWriter {
    fileprivate func appendLine(indent: Int) {
        append(0x0A)
        for _ in 0..<indent { append("  ") }
    }

    /// Appends `text` as a JSON string with its quotes.
    public func appendJSONString(_ text: String) {
        var text = text
        text.withUTF8 { appendJSONString(UnsafeRawBufferPointer($0)) }
    }

    /// Appends text as a JSON string with its quotes; escapes what RFC 8259 wants escaped and nothing else.
    public func appendJSONString(_ bytes: UnsafeRawBufferPointer) {
        append(0x22)
        defer { append(0x22) }
        guard let base = bytes.baseAddress else { return }
        var index = 0
        while index < bytes.count {
            var plain = JSONStringScan.plainEnd(base, index, bytes.count)
            while plain < bytes.count, bytes[plain] > 0x7F {
                plain = JSONStringScan.plainEnd(base, plain + 1, bytes.count)
            }
            append(base + index, count: plain - index)
            if plain == bytes.count { return }
            appendEscape(bytes[plain])
            index = plain + 1
        }
    }

    private func appendEscape(_ byte: UInt8) {
        switch byte {
        case 0x22: append("\\\"")
        case 0x5C: append("\\\\")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default:
            let digits: StaticString = "0123456789abcdef"
            append("\\u00")
            append(digits.utf8Start[Int(byte >> 4)])
            append(digits.utf8Start[Int(byte & 15)])
        }
    }
}
