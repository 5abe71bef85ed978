import Columnar

/// A partition column's value as text, as the log and the folders' names have it.
public enum PartitionValue {
    /// nil stands for NULL, and for the empty text, which the protocol does not tell from NULL.
    static func text(_ value: Value) -> String? {
        switch value {
        case .null: return nil
        case .boolean(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .bigint(let value): return String(value)
        case .double(let value): return doubleText(value)
        case .decimal(let unscaled, let scale): return Decimals.text(unscaled, scale: scale)
        case .string(let value): return value.isEmpty ? nil : value
        case .bytes(let value): return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
        case .date(let days): return Civil.dateText(days: Int(days))
        case .time(let milliseconds): return Civil.timeText(milliseconds: Int(milliseconds))
        case .timestamp(let milliseconds):
            // `2026-11-20 13:05:09.120000`: the form that every reader takes, in UTC.
            var text = Array(Civil.timestampText(milliseconds: milliseconds).utf8)
            if let separator = text.firstIndex(of: UInt8(ascii: "T")) { text[separator] = UInt8(ascii: " ") }
            return String(decoding: text, as: UTF8.self) + "000"
        case .array, .map, .structure: return nil
        }
    }

    private static func doubleText(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return String(value)
    }

    /// The value of a text; nil when it is not of the type.
    public static func value(_ text: String?, type: DataType) -> Value? {
        guard let text, !text.isEmpty else { return .null }
        switch type {
        case .boolean: return text == "true" ? .boolean(true) : text == "false" ? .boolean(false) : nil
        case .integer: return Int32(text).map { .integer($0) }
        case .bigint: return Int64(text).map { .bigint($0) }
        case .double: return Double(text).map { .double($0) }
        case .decimal(let precision, let scale):
            return TextBytes.read(text) { Decimals.parse($0, precision: precision, scale: scale) }
                .map { .decimal($0, scale: scale) }
        case .string: return .string(text)
        case .bytes: return .bytes(Array(text.utf8))
        case .date: return TextBytes.read(text) { TimestampText.parseDate($0) }.map { .date($0) }
        case .time: return TextBytes.read(text) { TimestampText.parseTime($0) }.map { .time($0) }
        case .timestamp: return TimestampText.parse(text).map { .timestamp($0) }
        case .array, .map, .structure: return nil
        }
    }

    /// The folder of a partition, such as `date=2026-11-20/`; empty without partition columns.
    ///
    /// Names only help people: readers take the values from the log.
    static func folder(_ values: [(name: String, text: String?)]) -> String {
        values.map { escaped($0.name) + "=" + ($0.text.map(escaped) ?? "__HIVE_DEFAULT_PARTITION__") + "/" }
            .joined()
    }

    /// What file systems and Hive's folder names give a meaning to becomes `%XX`; a long text is cut and told
    /// apart by a fingerprint, since no file system has names over 255 bytes.
    private static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        let hex = Array("0123456789ABCDEF".utf8)
        for (index, byte) in text.utf8.enumerated() {
            let isPlain =
                byte > 0x20 && byte < 0x7F && !"\"#%'*/:=?\\{}[]^<>|~`".utf8.contains(byte)
                && !(index == 0 && byte == UInt8(ascii: "."))
            if isPlain || byte == 0x20 || byte >= 0x80 {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        guard result.count > 100 else { return String(decoding: result, as: UTF8.self) }
        let head = result[..<80].map { $0 < 0x80 ? $0 : UInt8(ascii: "_") }
        return String(decoding: head, as: UTF8.self) + "_" + String(TextBytes.fingerprint(text), radix: 16)
    }
}
