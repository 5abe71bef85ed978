import Formats

/// Values on a line of CSV (RFC 4180).
enum CSVLine {
    /// NULL is nothing, an empty text is `""`.
    static func text(_ values: [JSONValue]) -> String {
        values.map { value in
            switch value {
            case .null: ""
            case .string(let text): quoted(text)
            case .number(let text): text
            case .boolean(let value): value ? "true" : "false"
            case .array, .object: quoted(value.text)
            }
        }.joined(separator: ",")
    }

    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.first != " " && text.last != " "
            && !text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
        if isPlain { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(scalar)
            if scalar == "\"" { result += "\"" }
        }
        return result + "\""
    }
}
