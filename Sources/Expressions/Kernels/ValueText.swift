import Columnar
import Glibc

/// Values of any type as the text that CAST to STRING gives.
enum ValueText {
    /// Bytes that a scalar other than text needs at most: a DOUBLE has 25, a DECIMAL 41, a TIMESTAMP 40.
    static let longestScalar = 64

    /// Writes a scalar of fixed width or a BOOLEAN; returns how many bytes it has.
    static func write(_ column: Column, _ row: Int, to target: UnsafeMutableRawPointer) -> Int {
        switch column.type {
        case .integer: return NumberText.write(Int64(column.int32s[row]), to: target)
        case .bigint: return NumberText.write(column.int64s[row], to: target)
        case .date: return TimeDigits.writeDate(days: Int(column.int32s[row]), to: target)
        case .time:
            return TimeDigits.writeTime(milliseconds: Int(column.int32s[row]), always: false, to: target)
        case .timestamp: return TimeDigits.writeTimestamp(milliseconds: column.int64s[row], to: target)
        case .boolean: return copy(column.booleans[row] ? "true" : "false", to: target)
        case .double: return DoubleText.write(column.doubles[row], to: target)
        case .decimal(_, let scale): return writeDecimal(column.decimals[row], scale, to: target)
        default: preconditionFailure("\(column.type.sql) has no fixed width")
        }
    }

    private static func writeDecimal(
        _ value: Int128, _ scale: Int, to target: UnsafeMutableRawPointer
    ) -> Int {
        let magnitude = value.magnitude
        guard magnitude <= UInt64.max, scale > 0, scale <= 18 else {
            return copy(Decimals.text(value, scale: scale), to: target)
        }
        let start = value < 0 ? 1 : 0
        if value < 0 { target.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self) }
        let power = UInt64(truncatingIfNeeded: Decimals.powersOfTen[scale])
        let (whole, fraction) = UInt64(truncatingIfNeeded: magnitude).quotientAndRemainder(dividingBy: power)
        let digits = NumberText.digits(whole)
        NumberText.writeDigits(whole, digits, to: target + start)
        target.storeBytes(of: UInt8(ascii: "."), toByteOffset: start + digits, as: UInt8.self)
        NumberText.writeDigits(fraction, scale, to: target + start + digits + 1)
        return start + digits + 1 + scale
    }

    private static func copy(_ text: String, to target: UnsafeMutableRawPointer) -> Int {
        var text = text
        return text.withUTF8 { bytes in
            if let base = bytes.baseAddress { memcpy(target, base, bytes.count) }
            return bytes.count
        }
    }

    /// Appends a value of any type: `[1, null]`, `{a=1, b=2}`, `Struct{A=1,B=2}` (NULL members are left out).
    static func append(_ column: Column, _ row: Int, to text: inout [UInt8]) {
        guard column.isValid(row) else {
            text += Array("null".utf8)
            return
        }
        switch column.type {
        case .string, .bytes: text += column.bytes(at: row)
        case .array:
            text.append(UInt8(ascii: "["))
            for (index, element) in column.range(at: row).enumerated() {
                if index > 0 { text += Array(", ".utf8) }
                append(column.children[0], element, to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .map:
            text.append(UInt8(ascii: "{"))
            for (index, entry) in column.range(at: row).enumerated() {
                if index > 0 { text += Array(", ".utf8) }
                append(column.children[0], entry, to: &text)
                text.append(UInt8(ascii: "="))
                append(column.children[1], entry, to: &text)
            }
            text.append(UInt8(ascii: "}"))
        case .structure(let fields):
            text += Array("Struct{".utf8)
            var isFirst = true
            for (field, member) in zip(fields, column.children) where member.isValid(row) {
                if !isFirst { text.append(UInt8(ascii: ",")) }
                isFirst = false
                text += Array((field.name + "=").utf8)
                append(member, row, to: &text)
            }
            text.append(UInt8(ascii: "}"))
        default:
            withUnsafeTemporaryAllocation(byteCount: longestScalar, alignment: 8) { scratch in
                guard let base = scratch.baseAddress else { return }
                let length = write(column, row, to: base)
                text += UnsafeRawBufferPointer(start: base, count: length)
            }
        }
    }
}
