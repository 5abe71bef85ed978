import Columnar

/// Values of any type as JSON.
enum JSONWriter {
    static func append(_ column: Column, _ row: Int, to text: inout [UInt8]) {
        guard column.isValid(row) else {
            text += Array("null".utf8)
            return
        }
        switch column.type {
        case .boolean, .integer, .bigint, .decimal: ValueText.append(column, row, to: &text)
        case .double:
            // NaN and the infinities have no JSON of their own.
            if column.doubles[row].isFinite {
                ValueText.append(column, row, to: &text)
            } else {
                quoted(column, row, to: &text)
            }
        case .string: append(string: column.bytes(at: row), to: &text)
        case .bytes:
            text.append(UInt8(ascii: "\""))
            text += Encoding.base64.encode(column.bytes(at: row))
            text.append(UInt8(ascii: "\""))
        case .date, .timestamp: quoted(column, row, to: &text)
        case .time:
            quoted(column, row, to: &text)
            // A whole minute is written without seconds, as ksqlDB does.
            if column.int32s[row] % 60_000 == 0 { text.removeSubrange(text.count - 4..<text.count - 1) }
        case .array:
            text.append(UInt8(ascii: "["))
            for (index, element) in column.range(at: row).enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                append(column.children[0], element, to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .map: appendMap(column, row, to: &text)
        case .structure(let fields):
            text.append(UInt8(ascii: "{"))
            for (index, member) in column.children.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                Array(fields[index].name.utf8).withUnsafeBytes { append(string: $0, to: &text) }
                text.append(UInt8(ascii: ":"))
                append(member, row, to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
    }

    private static func quoted(_ column: Column, _ row: Int, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        ValueText.append(column, row, to: &text)
        text.append(UInt8(ascii: "\""))
    }

    private static func appendMap(_ column: Column, _ row: Int, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "{"))
        for (index, entry) in column.range(at: row).enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            var key: [UInt8] = []
            ValueText.append(column.children[0], entry, to: &key)
            key.withUnsafeBytes { append(string: $0, to: &text) }
            text.append(UInt8(ascii: ":"))
            append(column.children[1], entry, to: &text)
        }
        text.append(UInt8(ascii: "}"))
    }

    static func append(string: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 8: text += Array("\\b".utf8)
            case 9: text += Array("\\t".utf8)
            case 10: text += Array("\\n".utf8)
            case 12: text += Array("\\f".utf8)
            case 13: text += Array("\\r".utf8)
            case 0..<32:
                let digits = Array("0123456789ABCDEF".utf8)
                text += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }
}
