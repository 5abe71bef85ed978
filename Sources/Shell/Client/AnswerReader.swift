import Diagnostics
import Formats

/// Reads the lines that `/query-stream` and `/query` answer with.
///
/// The first has an object and then arrays; the second one array of objects, a line each, so that brackets
/// and commas stand around them.
struct AnswerReader {
    private var hasColumns = false

    /// What a line says; nothing for a line that only keeps the connection alive.
    mutating func parts(of line: String) -> [AnswerPart] {
        var text = line[...]
        while let last = text.last, last == "," || last.isWhitespace { text.removeLast() }
        while let first = text.first, first == "," || first.isWhitespace { text.removeFirst() }
        if text.isEmpty || text == "]" || text == "[" { return [] }
        if let value = try? JSONValue(parsing: String(text)) { return parts(of: value) }
        // The brackets of the whole answer.
        if text.first == "[", let value = try? JSONValue(parsing: String(text.dropFirst())) {
            return parts(of: value)
        }
        if text.last == "]", let value = try? JSONValue(parsing: String(text.dropLast())) {
            return parts(of: value)
        }
        return [
            .failure(
                Diagnostic(
                    .malformedData, "the server answers what is no row: \(DisplayWidth.cut(line, to: 120))"))
        ]
    }

    private mutating func parts(of value: JSONValue) -> [AnswerPart] {
        if let elements = value.array {
            // An answer that came as one line.
            let isWhole = !elements.isEmpty && elements.allSatisfy { $0.members != nil }
            if !hasColumns, isWhole { return elements.flatMap { parts(of: $0) } }
            return [.row(elements, isGone: false)]
        }
        if let names = value["columnNames"]?.array {
            hasColumns = true
            return [
                .columns(
                    AnswerColumn.columns(names: names, types: value["columnTypes"]?.array ?? []),
                    queryID: value["queryId"]?.string)
            ]
        }
        if let header = value["header"], header.members != nil {
            hasColumns = true
            return [
                .columns(
                    AnswerColumn.columns(schema: header["schema"]?.string ?? ""),
                    queryID: header["queryId"]?.string)
            ]
        }
        if let row = value["row"], let values = row["columns"]?.array {
            return [.row(values, isGone: row["tombstone"]?.boolean ?? false)]
        }
        if let note = value["finalMessage"]?.string { return [.note(note)] }
        let error = value["errorMessage"].flatMap { $0.members == nil ? nil : $0 } ?? value
        if let failure = Refusal.diagnostic(in: error) { return [.failure(failure)] }
        if let message = error["message"]?.string { return [.failure(Refusal.diagnostic(message: message))] }
        return []
    }
}
