/// A name: of a source, column, field, function, type, connector or query.
///
/// `text` is the name itself: unquoted names are in upper case, names in backquotes or double quotes
/// are as written. Names are equal when their texts are, quoted or not.
public struct Identifier: Hashable, Sendable {
    public let text: String
    @NotCompared public var isQuoted: Bool
    @NotCompared public var span: SourceSpan

    public init(_ text: String, isQuoted: Bool = false, span: SourceSpan = .none) {
        self.text = text
        self.isQuoted = isQuoted
        self.span = span
    }
}
