import Columnar
import Foundation

@testable import Formats

/// The rules of JSON records, spelt out slowly.
enum ObviousRecord {
    /// The row; nil when the record does not fit.
    static func decode(_ line: [UInt8], _ fields: [DecodedField]) -> [Value]? {
        var line = line
        while line.last == 0x0D { line.removeLast() }
        if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        guard case .object(let members, _) = ObviousJSON.parse(line) else { return nil }
        var row: [Value] = []
        for field in fields {
            let exact = members.last { $0.name == Array(field.name.utf8) }
            let similar = members.last { fold($0.name) == fold(Array(field.name.utf8)) }
            guard let value = convert((exact ?? similar)?.value ?? .null, field.type) else { return nil }
            row.append(value)
        }
        return row
    }

    private static func fold(_ name: [UInt8]) -> [UInt8] {
        Array(String(decoding: name, as: UTF8.self).lowercased().utf8)
    }

    static func convert(_ json: ObviousJSON, _ type: DataType) -> Value? {
        if case .null = json { return .null }
        switch (type, json) {
        case (.string, _): return .string(String(decoding: text(json), as: UTF8.self))
        case (.bytes, .string(let text)):
            // Padding may be left off.
            // Foundation takes text with padding in other places than the end.
            let padding = text.drop { $0 != UInt8(ascii: "=") }
            guard padding.count <= 2, padding.allSatisfy({ $0 == UInt8(ascii: "=") }) else { return nil }
            if !padding.isEmpty && text.count % 4 != 0 { return nil }
            let missing = text.contains(UInt8(ascii: "=")) ? 0 : (4 - text.count % 4) % 4
            let padded = text + [UInt8](repeating: UInt8(ascii: "="), count: missing)
            return Data(base64Encoded: Data(padded)).map { .bytes([UInt8]($0)) }
        case (.boolean, .boolean(let value)): return .boolean(value)
        case (.boolean, .string(let text)):
            let word = trimmed(text).lowercased()
            return word == "true" ? .boolean(true) : word == "false" ? .boolean(false) : nil
        case (.array(let element), .array(let elements, _)):
            var values: [Value] = []
            for json in elements {
                guard let value = convert(json, element) else { return nil }
                values.append(value)
            }
            return .array(values)
        case (_, .number(let text)): return number(text, type)
        case (.timestamp, .string(let text)):
            if let time = TimestampText.parse(trimmed(text)) { return .timestamp(time) }
            return number(trimmed(text), type)
        case (_, .string(let text)): return number(trimmed(text), type)
        default: return nil
        }
    }

    private static func trimmed(_ text: [UInt8]) -> String {
        var text = text[...]
        while text.first == 0x20 || text.first == 0x09 { text.removeFirst() }
        while text.last == 0x20 || text.last == 0x09 { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }

    private static func text(_ json: ObviousJSON) -> [UInt8] {
        switch json {
        case .null: return Array("null".utf8)
        case .boolean(let value): return Array((value ? "true" : "false").utf8)
        case .number(let text): return Array(text.utf8)
        case .string(let text): return text
        case .array(_, let source), .object(_, let source): return ObviousJSON.compact(source)
        }
    }

    private static func number(_ text: String, _ type: DataType) -> Value? {
        guard let digits = Digits(text) else { return nil }
        switch type {
        case .integer: return digits.whole.flatMap { Int32(exactly: $0) }.map { .integer($0) }
        case .bigint: return digits.whole.flatMap { Int64(exactly: $0) }.map { .bigint($0) }
        case .timestamp: return digits.whole.flatMap { Int64(exactly: $0) }.map { .timestamp($0) }
        case .double: return Double(text).flatMap { $0.isFinite ? .double($0) : nil }
        case .decimal(let precision, let scale):
            guard let value = digits.rounded(scale), Decimals.fits(value, precision: precision) else {
                return nil
            }
            return .decimal(value, scale: scale)
        default: return nil
        }
    }

    /// A number as a list of digits and the place of the point.
    struct Digits {
        var isNegative = false
        var digits: [Int128] = []
        var point = 0

        init?(_ text: String) {
            var rest = Substring(text)
            if let sign = rest.first, sign == "-" || sign == "+" {
                isNegative = sign == "-"
                rest.removeFirst()
            }
            let parts = rest.lowercased().split(
                separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
            let sides = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            let all = sides.joined()
            guard !all.isEmpty, all.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
            digits = all.utf8.map { Int128($0 - 48) }
            point = sides[0].count
            if parts.count == 2 {
                guard let exponent = Int(parts[1]) else { return nil }
                point += exponent
            }
        }

        private func digit(_ place: Int) -> Int128 { digits.indices.contains(place) ? digits[place] : 0 }

        /// The value if it has no fraction and at most 38 digits.
        var whole: Int128? {
            for place in digits.indices where place >= point && digits[place] != 0 { return nil }
            return rounded(0)
        }

        func rounded(_ scale: Int) -> Int128? {
            let kept = point + scale
            var value: Int128 = 0
            if kept > 0 {
                for place in 0..<min(kept, 5000) {
                    guard value < Decimals.powersOfTen[37] else { return nil }
                    value = value * 10 + digit(place)
                }
            }
            if kept >= 0 && digit(kept) >= 5 { value += 1 }
            return isNegative ? -value : value
        }
    }
}
