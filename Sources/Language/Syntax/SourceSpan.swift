/// A stretch of the original source text: UTF-8 offset and length in bytes.
///
/// ``SourceText`` turns it into line, column and the text of the line.
public struct SourceSpan: Hashable, Sendable {
    public var offset: Int
    public var length: Int

    public init(offset: Int, length: Int) {
        self.offset = offset
        self.length = length
    }

    /// The span of a node that no text stands for, made by a rewrite.
    public static let none = SourceSpan(offset: 0, length: 0)

    public var end: Int { offset + length }

    /// The span from the start of this one to the end of `other`.
    public func joined(to other: SourceSpan) -> SourceSpan {
        SourceSpan(offset: offset, length: max(other.end - offset, length))
    }
}
