/// Why a record does not fit: a stable code and a sentence for people.
public struct DecodeError: Error, Hashable, Sendable {
    /// A short word that is counted in metrics and kept with dead letters; words never change.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        case malformedJSON = "malformed_json"
        case notAnObject = "not_an_object"
        case tooDeep = "too_deep"
        case badUTF8 = "bad_utf8"
        case wrongType = "wrong_type"
        case fieldCount = "field_count"
        case badQuotes = "bad_quotes"
        case wrongLength = "wrong_length"
        case header = "header"
        case malformedAvro = "malformed_avro"
        /// Larger than its topic takes.
        case recordTooLarge = "record_too_large"
        /// The schema of a message is not to be had.
        case noSchema = "no_schema"
        /// Whether there is such a schema can't be told now: the record may be good.
        case registryUnavailable = "registry_unavailable"
    }

    public let code: Code
    /// Names the column, the type it should have and the offending text, as far as they apply.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension DecodeError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(message)" }
}

extension DecodeError {
    static func wrongType(column: String, type: String, found: UnsafeRawBufferPointer) -> DecodeError {
        DecodeError(.wrongType, "column \(column): expected \(type), found \(Excerpt.of(found))")
    }
}

/// Bytes of a record as an error message quotes them.
enum Excerpt {
    static let limit = 48

    /// The first bytes, with control characters and malformed UTF-8 made visible.
    static func of(_ bytes: UnsafeRawBufferPointer) -> String {
        var result = ""
        for scalar in String(decoding: bytes.prefix(limit), as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x09: result += "\\t"
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069:
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return bytes.count > limit ? result + "…" : result
    }
}
