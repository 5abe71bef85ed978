/// The name of a record, enum or fixed: a simple name within a namespace, which may be empty.
///
/// As the Avro specification has it ("Names"): a name with dots carries its namespace, any other is in the
/// namespace around it.
public struct AvroName: Hashable, Sendable, CustomStringConvertible {
    public let namespace: String
    public let simple: String

    /// - Parameter enclosing: the namespace of a name without dots.
    public init(_ text: String, enclosing: String = "") {
        if let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")) {
            namespace = String(text[..<dot])
            simple = String(text[text.index(after: dot)...])
        } else {
            namespace = enclosing
            simple = text
        }
    }

    /// With its namespace: `shop.Order`.
    public var full: String { namespace.isEmpty ? simple : namespace + "." + simple }

    public var description: String { full }

    /// Whether the text is a letter or underscore and then letters, digits and underscores.
    static func isValid(_ text: String) -> Bool {
        var isFirst = true
        for byte in text.utf8 {
            let isLetter = (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == 0x5F
            guard isLetter || (!isFirst && byte >= 0x30 && byte <= 0x39) else { return false }
            isFirst = false
        }
        return !isFirst
    }

    /// Whether name and namespace are valid, part by part.
    var isValid: Bool {
        AvroName.isValid(simple)
            && (namespace.isEmpty
                || namespace.split(separator: ".", omittingEmptySubsequences: false)
                    .allSatisfy { AvroName.isValid(String($0)) })
    }
}
