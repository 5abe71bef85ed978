import Columnar
import Formats
import Foundation

/// The values of `expected.json` files of the test data, read for the type that a column has.
enum GoldenValues {
    /// Rows as canonical texts, sorted; columns in the order of their names.
    static func texts(_ rows: [JSONValue], schema: Schema) throws -> [String] {
        let fields = schema.fields.sorted { $0.name < $1.name }
        return try rows.map { row in
            CanonicalRows.text(try fields.map { try value(row[$0.name] ?? .null, $0.type) })
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    struct Mismatch: Error, CustomStringConvertible {
        let description: String
    }

    static func value(_ json: JSONValue, _ type: DataType) throws -> Value {
        if json.isNull { return .null }
        switch type {
        case .boolean: if let value = json.boolean { return .boolean(value) }
        case .integer: if let value = json.int64.flatMap({ Int32(exactly: $0) }) { return .integer(value) }
        case .bigint: if let value = json.int64 { return .bigint(value) }
        case .double:
            if let text = json.string {
                return .double(text == "NaN" ? .nan : Double(text.lowercased()) ?? 0)
            }
            if let value = json.double { return .double(value) }
        case .decimal(let precision, let scale):
            let text = json.string ?? json.numberText ?? ""
            let parsed = Array(text.utf8).withUnsafeBytes {
                Decimals.parse($0, precision: precision, scale: scale)
            }
            if let parsed { return .decimal(parsed, scale: scale) }
        case .string: if let text = json.string { return .string(text) }
        case .bytes:
            if let text = json.string, text.hasPrefix("base64:"),
                let data = Data(base64Encoded: String(text.dropFirst(7)))
            {
                return .bytes(Array(data))
            }
        case .date:
            if let text = json.string, let days = Array(text.utf8).withUnsafeBytes(TimestampText.parseDate) {
                return .date(days)
            }
        case .time: break
        case .timestamp:
            // Columns hold milliseconds; the files of others may be finer, and are cut downwards.
            if let text = json.string, let time = TimestampText.parse(text) { return .timestamp(time) }
        case .array(let element):
            if let values = json.array { return .array(try values.map { try value($0, element) }) }
        case .map(let key, let item):
            if let entries = json.array {
                return .map(
                    try entries.map {
                        (key: try value($0[0] ?? .null, key), value: try value($0[1] ?? .null, item))
                    })
            }
        case .structure(let fields):
            if json.members != nil {
                return .structure(try fields.map { try value(json[$0.name] ?? .null, $0.type) })
            }
        }
        throw Mismatch(description: "\(json.text) is no \(type.sql)")
    }
}
