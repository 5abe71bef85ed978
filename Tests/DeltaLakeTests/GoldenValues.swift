import Columnar
import Foundation

/// The values of `expected.json` files of the test data, read for the type that a column has.
enum GoldenValues {
    /// Rows as canonical texts, sorted; columns in the order of their names.
    static func texts(_ rows: [[String: Any]], schema: Schema) throws -> [String] {
        let fields = schema.fields.sorted { $0.name < $1.name }
        return try rows.map { row in
            CanonicalRows.text(try fields.map { try value(row[$0.name] ?? NSNull(), $0.type) })
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    struct Mismatch: Error, CustomStringConvertible {
        let description: String
    }

    static func value(_ any: Any, _ type: DataType) throws -> Value {
        if any is NSNull { return .null }
        switch type {
        case .boolean: if let value = any as? Bool { return .boolean(value) }
        case .integer: if let value = any as? Int32 { return .integer(value) }
        case .bigint: if let value = any as? Int64 { return .bigint(value) }
        case .double:
            if let text = any as? String {
                return .double(text == "NaN" ? .nan : Double(text.lowercased()) ?? 0)
            }
            if let value = any as? Double { return .double(value) }
        case .decimal(let precision, let scale):
            let text = any as? String ?? "\(any)"
            let parsed = Array(text.utf8).withUnsafeBytes {
                Decimals.parse($0, precision: precision, scale: scale)
            }
            if let parsed { return .decimal(parsed, scale: scale) }
        case .string: if let text = any as? String { return .string(text) }
        case .bytes:
            if let text = any as? String, text.hasPrefix("base64:"),
                let data = Data(base64Encoded: String(text.dropFirst(7)))
            {
                return .bytes(Array(data))
            }
        case .date:
            if let text = any as? String, let days = Array(text.utf8).withUnsafeBytes(TimestampText.parseDate)
            {
                return .date(days)
            }
        case .time: break
        case .timestamp:
            if let text = any as? String, let time = TimestampText.parse(text) {
                // Columns hold milliseconds; the files of others may be finer, and are cut downwards.
                return .timestamp(time)
            }
        case .array(let element):
            if let values = any as? [Any] { return .array(try values.map { try value($0, element) }) }
        case .map(let key, let item):
            if let entries = any as? [[Any]] {
                return .map(try entries.map { (key: try value($0[0], key), value: try value($0[1], item)) })
            }
        case .structure(let fields):
            if let members = any as? [String: Any] {
                return .structure(try fields.map { try value(members[$0.name] ?? NSNull(), $0.type) })
            }
        }
        throw Mismatch(description: "\(any) is no \(type.sql)")
    }
}
