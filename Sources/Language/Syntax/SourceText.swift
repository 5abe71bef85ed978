import Diagnostics

/// A text of SQL, with the name of its file if it has one.
public struct SourceText: Hashable, Sendable {
    public let text: String
    public let file: String?

    public init(_ text: String, file: String? = nil) {
        self.text = text
        self.file = file
    }

    /// Line, column and line text of a span. Linear in the length of the text.
    public func location(of span: SourceSpan) -> SourceLocation {
        SourceLocation(in: text, file: file, offset: span.offset, length: span.length)
    }
}
