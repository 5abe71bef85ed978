import Columnar

/// A value as it stands in a column of fixed width, in its low bytes; BOOLEAN is 0 or 1.
struct ScalarBits {
    var low: UInt64
    var high: UInt64 = 0

    @inline(__always) init(_ value: Int64) { low = UInt64(bitPattern: value) }
    @inline(__always) init(_ value: Double) { low = value.bitPattern }
    @inline(__always) init(_ value: Bool) { low = value ? 1 : 0 }
    @inline(__always) init(_ value: Int128) {
        low = UInt64(truncatingIfNeeded: value)
        high = UInt64(truncatingIfNeeded: value >> 64)
    }

    @inline(__always) var decimal: Int128 { Int128(truncatingIfNeeded: UInt128(high) << 64 | UInt128(low)) }
}

/// What numbers and texts mean for each type of fixed width: one set of rules for JSON, CSV and nested
/// values.
///
/// | type | number | text (blanks around it are ignored) |
/// |---|---|---|
/// | BOOLEAN | refused | `true`, `false`, in any case |
/// | INTEGER, BIGINT | whole and in range, `2.0` and `1e3` too | such a number |
/// | DOUBLE | nearest double, refused when infinite | a number, `NaN`, `Infinity`, `-Infinity` |
/// | DECIMAL | exact, rounded half up at the scale | such a number |
/// | DATE | days since the epoch | `2026-11-18` or days |
/// | TIME | milliseconds of the day | `13:05:09.120` or milliseconds |
/// | TIMESTAMP | milliseconds since the epoch | ISO 8601 or milliseconds |
extension ScalarBits {
    /// The number that begins at `start`; nil when the type refuses it.
    @inline(__always)
    init?(_ token: NumberToken, _ base: UnsafeRawPointer, from start: Int, as type: ScalarType) {
        switch type.kind {
        case .integer, .date:
            guard let value = token.int64(base, from: start), let narrow = Int32(exactly: value) else {
                return nil
            }
            self.init(Int64(narrow))
        case .bigint, .timestamp:
            guard let value = token.int64(base, from: start) else { return nil }
            self.init(value)
        case .double:
            guard let value = token.double(base, from: start) else { return nil }
            self.init(value)
        case .decimal:
            guard let value = token.decimal(base, from: start, scale: type.scale, isRounding: true),
                value < type.bound, value > 0 &- type.bound
            else { return nil }
            self.init(value)
        case .time:
            guard let value = token.int64(base, from: start), value >= 0,
                value < Civil.millisecondsPerDay
            else { return nil }
            self.init(value)
        case .boolean, .string, .bytes, .nested: return nil
        }
    }

    /// The text in `start..<end`; nil when the type refuses it.
    init?(
        text base: UnsafeRawPointer, _ start: Int, _ end: Int, as type: ScalarType,
        timestamps: inout TimestampReader
    ) {
        var (start, end) = (start, end)
        while start < end, WordScan.byte(base, start) == 0x20 || WordScan.byte(base, start) == 0x09 {
            start &+= 1
        }
        while start < end, WordScan.byte(base, end &- 1) == 0x20 || WordScan.byte(base, end &- 1) == 0x09 {
            end &-= 1
        }
        let bytes = UnsafeRawBufferPointer(start: base + start, count: end &- start)
        switch type.kind {
        case .boolean:
            guard let value = ScalarBits.boolean(bytes) else { return nil }
            self.init(value)
            return
        case .date:
            if let days = TimestampText.parseDate(bytes) {
                self.init(Int64(days))
                return
            }
        case .time:
            if let milliseconds = TimestampText.parseTime(bytes) {
                self.init(Int64(milliseconds))
                return
            }
        case .timestamp:
            if let milliseconds = timestamps.parse(base, start, end) {
                self.init(milliseconds)
                return
            }
        default: break
        }
        let token = NumberToken.lenient(base, start, end)
        if token.end >= 0 {
            self.init(token, base, from: start, as: type)
        } else if type.kind == .double, let special = ScalarBits.specialDouble(bytes) {
            self.init(special)
        } else {
            return nil
        }
    }

    private static func boolean(_ bytes: UnsafeRawBufferPointer) -> Bool? {
        if equals(bytes, "true", ignoringCase: true) { return true }
        if equals(bytes, "false", ignoringCase: true) { return false }
        return nil
    }

    /// The names under which JSON writers pass on what JSON's numbers cannot say.
    private static func specialDouble(_ bytes: UnsafeRawBufferPointer) -> Double? {
        if equals(bytes, "NaN", ignoringCase: false) { return .nan }
        if equals(bytes, "Infinity", ignoringCase: false) { return .infinity }
        if equals(bytes, "-Infinity", ignoringCase: false) { return -.infinity }
        return nil
    }

    /// `ignoringCase` is for words in lower-case letters only.
    private static func equals(
        _ bytes: UnsafeRawBufferPointer, _ word: StaticString, ignoringCase: Bool
    ) -> Bool {
        guard bytes.count == word.utf8CodeUnitCount else { return false }
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        for index in 0..<bytes.count where bytes[index] | fold != word.utf8Start[index] { return false }
        return true
    }
}

extension ColumnBuilder {
    /// Appends a value of the builder's type, which has a fixed width.
    func append(_ bits: ScalarBits) {
        switch type {
        case .boolean: append(bits.low != 0)
        case .integer, .date, .time: append(Int32(truncatingIfNeeded: bits.low))
        case .bigint, .timestamp: append(Int64(bitPattern: bits.low))
        case .double: append(Double(bitPattern: bits.low))
        case .decimal: append(bits.decimal)
        default: preconditionFailure("\(type.sql) has no fixed width")
        }
    }
}
