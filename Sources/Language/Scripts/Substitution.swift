import Diagnostics

/// Puts the values of variables in place of `${name}` in one statement.
///
/// References count in code and in quotes, not in comments. Within quotes the value's quotes are
/// doubled, so that a value is never more than text there. `$${name}` stays as `${name}`.
struct Substitution {
    let source: SourceText
    var variables: Variables
    /// Whether the text is no SQL: quotes and comments mean nothing in it.
    var isPlain = false

    mutating func apply(to statement: ArraySlice<UInt8>) throws(Diagnostic) -> SubstitutedText {
        var result = SubstitutedText()
        var mode = TextMode.code
        var copied = statement.startIndex
        var index = statement.startIndex
        while index < statement.endIndex {
            guard statement[index] == UInt8(ascii: "$"), mode != .lineComment, mode != .blockComment else {
                let step = mode.step(statement, at: index)
                if !isPlain { mode = step.next }
                index += isPlain ? 1 : step.length
                continue
            }
            if index + 1 < statement.endIndex, statement[index + 1] == UInt8(ascii: "$"),
                let end = Self.referenceEnd(statement, at: index + 1)
            {
                // An escaped reference: drop the first dollar, keep the rest as it is.
                result.copy(statement[copied..<index])
                copied = index + 1
                index = end
            } else if let end = Self.referenceEnd(statement, at: index) {
                result.copy(statement[copied..<index])
                let span = SourceSpan(offset: index, length: end - index)
                let name = String(decoding: statement[index + 2..<end - 1], as: UTF8.self)
                result.replace(span, by: try value(of: name, at: span, in: mode))
                copied = end
                index = end
            } else {
                index += 1
            }
        }
        result.copy(statement[copied...])
        return result
    }

    private mutating func value(
        of name: String, at span: SourceSpan, in mode: TextMode
    ) throws(Diagnostic) -> [UInt8] {
        guard let value = variables.value(of: name) else {
            let names = variables.all.map(\.name)
            let hint: String
            if let near = NearestName.suggestion(for: name, among: names) {
                hint = "did you mean ${\(near)}?"
            } else {
                hint = "define it before with DEFINE \(name) = '…'; or give -D \(name)=…"
            }
            let known = names.isEmpty ? nil : "one of " + names.prefix(8).joined(separator: ", ")
            throw Diagnostic(
                .undefinedVariable, "variable \(name) is not defined", at: source.location(of: span),
                expected: known, hint: hint)
        }
        variables.markUsed(name)
        guard case .quoted(let quote) = mode, value.utf8.contains(quote) else { return Array(value.utf8) }
        return value.utf8.flatMap { $0 == quote ? [$0, $0] : [$0] }
    }

    /// `text` with each `${name}` in it escaped.
    static func escaped(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "$")) else { return text }
        var result: [UInt8] = []
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "$"), referenceEnd(bytes[...], at: index) != nil {
                result.append(UInt8(ascii: "$"))
            }
            result.append(bytes[index])
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The index after `${name}` at `index`, or `nil` if there is no reference.
    private static func referenceEnd(_ bytes: ArraySlice<UInt8>, at index: Int) -> Int? {
        var end = index + 2
        guard end < bytes.endIndex, bytes[index] == UInt8(ascii: "$"),
            bytes[index + 1] == UInt8(ascii: "{"), bytes[end].beginsWord
        else { return nil }
        while end < bytes.endIndex, bytes[end].continuesWord { end += 1 }
        guard end < bytes.endIndex, bytes[end] == UInt8(ascii: "}") else { return nil }
        return end + 1
    }
}
