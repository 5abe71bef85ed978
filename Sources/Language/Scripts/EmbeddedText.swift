import Diagnostics

/// A text that stands in another document, such as a string of a JSON file, and in which `${name}` counts as
/// in a script.
public struct EmbeddedText: Sendable {
    /// What it means, without the document's escapes.
    public let text: String
    public let document: SourceText
    /// Where it stands in the document.
    public let span: SourceSpan

    public init(_ text: String, in document: SourceText, at span: SourceSpan) {
        self.text = text
        self.document = document
        self.span = span
    }

    public var location: SourceLocation { document.location(of: span) }

    /// The text with the values of variables in place of `${name}`.
    public func substituted(_ variables: inout Variables) throws(Diagnostic) -> String {
        String(decoding: try substitution(&variables, isPlain: true).bytes, as: UTF8.self)
    }

    /// Reads it as an SQL expression. All places, of errors too, are the document's.
    public func expression(_ variables: inout Variables) throws(Diagnostic) -> Expression {
        let text = try substitution(&variables, isPlain: false)
        var reader = SyntaxReader(text: text, source: document, subject: "the expression")
        let expression = try reader.expression()
        try reader.expectEnd()
        return expression
    }

    private func substitution(
        _ variables: inout Variables, isPlain: Bool
    ) throws(Diagnostic) -> SubstitutedText {
        let bytes = Array(document.text.utf8)
        let isVerbatim =
            span.offset >= 0 && span.end <= bytes.count
            && bytes[span.offset..<span.end].elementsEqual(text.utf8)
        var substitution = Substitution(source: document, variables: variables, isPlain: isPlain)
        defer { variables = substitution.variables }
        if isVerbatim { return try substitution.apply(to: bytes[span.offset..<span.end]) }
        // With escapes places do not match byte by byte: all of the text stands for any part of it.
        do throws(Diagnostic) {
            var whole = SubstitutedText()
            whole.replace(span, by: try substitution.apply(to: Array(text.utf8)[...]).bytes)
            return whole
        } catch {
            var moved = error
            moved.location = location
            throw moved
        }
    }
}
