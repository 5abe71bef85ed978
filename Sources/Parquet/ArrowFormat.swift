import CParquet
import Columnar

/// What a column that Arrow hands over is, and how its values become ours.
indirect enum ArrowFormat {
    /// Integers of so many bytes; unsigned ones are widened.
    case integer(bytes: Int, isSigned: Bool, as: DataType)
    case boolean
    case half
    case float
    case double
    /// Bytes of one value: 4, 8, 16 or 32.
    case decimal(bytes: Int, precision: Int, scale: Int)
    /// Offsets of 4 or 8 bytes and one data buffer.
    case offsets(bytes: Int, as: DataType)
    case views(DataType)
    case fixedBytes(Int)
    /// Days, or milliseconds of midnight.
    case date(isDays: Bool)
    /// Units in a second.
    case time(perSecond: Int64)
    case timestamp(perSecond: Int64)
    case list(offsetBytes: Int, ArrowFormat)
    case fixedList(Int, ArrowFormat)
    case map(ArrowFormat, ArrowFormat)
    case structure([(name: String, format: ArrowFormat)])
    case dictionary(indexBytes: Int, isSigned: Bool, ArrowFormat)
    /// A column without values.
    case null

    /// The column type that holds it.
    var type: DataType {
        switch self {
        case .integer(_, _, let type), .offsets(_, let type), .views(let type): return type
        case .boolean: return .boolean
        case .half, .float, .double: return .double
        case .decimal(_, let precision, let scale): return .decimal(precision: precision, scale: scale)
        case .fixedBytes: return .bytes
        case .date: return .date
        case .time: return .time
        case .timestamp: return .timestamp
        case .list(_, let element), .fixedList(_, let element): return .array(element.type)
        case .map(let key, let value): return .map(key: key.type, value: value.type)
        case .structure(let members): return .structure(members.map { Field($0.name, $0.format.type) })
        case .dictionary(_, _, let values): return values.type
        case .null: return .string
        }
    }

    /// Reads a schema of the C data interface. What no column type can hold is `unsupported`.
    static func parse(_ schema: UnsafePointer<ArrowSchema>, name: String) throws(ParquetError) -> ArrowFormat
    {
        let text = schema.pointee.format.map { String(cString: $0) } ?? ""
        if let dictionary = schema.pointee.dictionary {
            guard case .integer(let bytes, let isSigned, _) = try flat(text, name: name) else {
                throw .unsupported(reason: "column \(name) has a dictionary with indexes of format \(text)")
            }
            return .dictionary(indexBytes: bytes, isSigned: isSigned, try parse(dictionary, name: name))
        }
        guard text.hasPrefix("+") else { return try flat(text, name: name) }
        var children: [(name: String, format: ArrowFormat)] = []
        for index in 0..<Int(schema.pointee.n_children) {
            guard let child = schema.pointee.children?[index] else { continue }
            let childName = child.pointee.name.map { String(cString: $0) } ?? ""
            children.append((childName, try parse(child, name: name + "." + childName)))
        }
        switch text {
        case "+s": return .structure(children)
        case "+l" where children.count == 1: return .list(offsetBytes: 4, children[0].format)
        case "+L" where children.count == 1: return .list(offsetBytes: 8, children[0].format)
        case "+m":
            if case .structure(let entry)? = children.first?.format, entry.count == 2 {
                return .map(entry[0].format, entry[1].format)
            }
        default:
            if text.hasPrefix("+w:"), let length = Int(text.dropFirst(3)), children.count == 1 {
                return .fixedList(length, children[0].format)
            }
        }
        throw .unsupported(reason: "column \(name) is of Arrow format \(text)")
    }

    private static func flat(_ text: String, name: String) throws(ParquetError) -> ArrowFormat {
        switch text {
        case "n": return .null
        case "b": return .boolean
        case "c": return .integer(bytes: 1, isSigned: true, as: .integer)
        case "C": return .integer(bytes: 1, isSigned: false, as: .integer)
        case "s": return .integer(bytes: 2, isSigned: true, as: .integer)
        case "S": return .integer(bytes: 2, isSigned: false, as: .integer)
        case "i": return .integer(bytes: 4, isSigned: true, as: .integer)
        case "I": return .integer(bytes: 4, isSigned: false, as: .bigint)
        case "l": return .integer(bytes: 8, isSigned: true, as: .bigint)
        case "L": return .integer(bytes: 8, isSigned: false, as: .decimal(precision: 20, scale: 0))
        case "e": return .half
        case "f": return .float
        case "g": return .double
        case "u": return .offsets(bytes: 4, as: .string)
        case "U": return .offsets(bytes: 8, as: .string)
        case "z": return .offsets(bytes: 4, as: .bytes)
        case "Z": return .offsets(bytes: 8, as: .bytes)
        case "vu": return .views(.string)
        case "vz": return .views(.bytes)
        case "tdD": return .date(isDays: true)
        case "tdm": return .date(isDays: false)
        default: break
        }
        if text.hasPrefix("d:"), let decimal = decimal(text) { return decimal }
        if text.hasPrefix("w:"), let length = Int(text.dropFirst(2)), length >= 0 {
            return .fixedBytes(length)
        }
        let units: [Character: Int64] = ["s": 1, "m": 1000, "u": 1_000_000, "n": 1_000_000_000]
        let unit = text.count >= 3 ? units[text[text.index(text.startIndex, offsetBy: 2)]] : nil
        if let unit {
            if text.hasPrefix("ts") { return .timestamp(perSecond: unit) }
            if text.hasPrefix("tt") { return .time(perSecond: unit) }
            // A duration is a plain number of its unit.
            if text.hasPrefix("tD") { return .integer(bytes: 8, isSigned: true, as: .bigint) }
        }
        throw .unsupported(reason: "column \(name) is of Arrow format \(text)")
    }

    private static func decimal(_ text: String) -> ArrowFormat? {
        let parts = text.dropFirst(2).split(separator: ",").map { Int($0) }
        guard parts.count >= 2, let precision = parts[0], let scale = parts[1] else { return nil }
        let bits = parts.count > 2 ? parts[2] ?? 128 : 128
        // A value of a wider type may fit; each is checked when it is read.
        return .decimal(bytes: bits / 8, precision: min(precision, Decimals.maximumPrecision), scale: scale)
    }
}
