import Columnar

/// CAST of one value.
enum CastModel {
    static func cast(_ value: Value, to type: DataType) -> Value {
        switch (value, type) {
        case (.null, _): return .null
        case (.string(let text), .string): return .string(text)
        case (_, .string): return .string(text(value, type))
        case (.string(let text), _): return fromText(text, type)
        case (.integer(let number), _): return fromWhole(Int64(number), type)
        case (.bigint(let number), _): return fromWhole(number, type)
        case (.double(let number), _): return fromDouble(number, type)
        case (.decimal(let unscaled, let scale), _): return fromDecimal(unscaled, scale, type)
        case (.timestamp(let time), .date): return .date(Int32(floorDivide(time, 86_400_000)))
        case (.timestamp(let time), .time):
            return .time(Int32(time - floorDivide(time, 86_400_000) * 86_400_000))
        case (.date(let days), .timestamp): return .timestamp(Int64(days) * 86_400_000)
        case (.array(let elements), .array(let element)):
            return .array(elements.map { cast($0, to: element) })
        default: return value
        }
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        a >= 0 ? a / b : -((-a + b - 1) / b)
    }

    private static func fromWhole(_ number: Int64, _ type: DataType) -> Value {
        switch type {
        case .integer: return Int32(exactly: number).map { .integer($0) } ?? .null
        case .bigint: return .bigint(number)
        case .double: return .double(Double(number))
        case .decimal(let precision, let scale):
            return decimal(DigitNumber(Int128(number), scale: 0), precision, scale)
        default: fatalError("not a number")
        }
    }

    private static func decimal(_ number: DigitNumber, _ precision: Int, _ scale: Int) -> Value {
        number.rounded(to: scale).unscaled(precision: precision).map { .decimal($0, scale: scale) } ?? .null
    }

    private static func fromDouble(_ number: Double, _ type: DataType) -> Value {
        switch type {
        case .integer: return Int32(exactly: number.rounded(.towardZero)).map { .integer($0) } ?? .null
        case .bigint: return Int64(exactly: number.rounded(.towardZero)).map { .bigint($0) } ?? .null
        case .double: return .double(number)
        case .decimal(let precision, let scale):
            return DigitNumber(number.description).map { decimal($0, precision, scale) } ?? .null
        default: fatalError("not a number")
        }
    }

    private static func fromDecimal(_ unscaled: Int128, _ scale: Int, _ type: DataType) -> Value {
        let number = DigitNumber(unscaled, scale: scale)
        switch type {
        case .integer:
            return number.cut(to: 0).unscaled(precision: 38).flatMap { Int32(exactly: $0) }.map {
                .integer($0)
            } ?? .null
        case .bigint:
            return number.cut(to: 0).unscaled(precision: 38).flatMap { Int64(exactly: $0) }.map {
                .bigint($0)
            } ?? .null
        case .double: return .double(Double(Decimals.text(unscaled, scale: scale))!)
        case .decimal(let precision, let wanted): return decimal(number, precision, wanted)
        default: fatalError("not a number")
        }
    }

    private static func fromText(_ text: String, _ type: DataType) -> Value {
        let blanks = text.unicodeScalars.drop { $0.value <= 32 }
        let trimmed = String(String.UnicodeScalarView(blanks.reversed().drop { $0.value <= 32 }.reversed()))
        func bytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
            var text = text
            return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        }
        switch type {
        case .boolean: return .boolean(text.lowercased() == "true")
        case .integer: return Int32(trimmed).map { .integer($0) } ?? .null
        case .bigint: return Int64(trimmed).map { .bigint($0) } ?? .null
        case .double:
            if trimmed == "NaN" { return .double(.nan) }
            guard DigitNumber(trimmed) != nil else { return .null }
            return Double(trimmed).map { .double($0) } ?? .null
        case .decimal(let precision, let scale):
            return DigitNumber(trimmed).map { decimal($0, precision, scale) } ?? .null
        case .date: return bytes { TimestampText.parseDate($0) }.map { .date($0) } ?? .null
        case .time: return bytes { TimestampText.parseTime($0) }.map { .time($0) } ?? .null
        case .timestamp: return bytes { TimestampText.parse($0) }.map { .timestamp($0) } ?? .null
        default: fatalError("no CAST from text")
        }
    }

    private static func text(_ value: Value, _ type: DataType) -> String {
        switch value {
        case .null: return "null"
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .bigint(let number): return String(number)
        case .double(let number): return java(number)
        case .decimal(let unscaled, let scale): return Decimals.text(unscaled, scale: scale)
        case .string(let text): return text
        case .date(let days): return Civil.dateText(days: Int(days))
        case .time(let time): return Civil.timeText(milliseconds: Int(time))
        case .timestamp(let time): return Civil.timestampText(milliseconds: time)
        case .array(let elements): return "[" + elements.map { text($0, type) }.joined(separator: ", ") + "]"
        default: fatalError("no text in the model")
        }
    }

    /// Java's way of writing a double, from the digits and the exponent.
    private static func java(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        let sign = number.sign == .minus ? "-" : ""
        if number == 0 { return sign + "0.0" }
        let exact = DigitNumber(number.magnitude.description)!
        var digits = exact.digits.reversed().map { String($0) }.joined()
        // The value is 0.digits × 10^point.
        let point = digits.count - exact.scale
        while digits.last == "0", digits.count > 1 { digits.removeLast() }
        if number.magnitude >= 1e-3, number.magnitude < 1e7 {
            if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
            let padded = digits + String(repeating: "0", count: max(0, point + 1 - digits.count))
            let whole = padded.prefix(point)
            return sign + whole + "." + padded.dropFirst(point)
        }
        let fraction = digits.dropFirst()
        return sign + digits.prefix(1) + "." + (fraction.isEmpty ? "0" : fraction) + "E\(point - 1)"
    }
}
