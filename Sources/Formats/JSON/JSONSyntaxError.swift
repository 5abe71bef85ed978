/// A JSON document that is not well-formed: where, and what was expected.
public struct JSONSyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes from the start.
    public let offset: Int
    /// From 1.
    public let line: Int
    /// From 1, in bytes.
    public let column: Int
    public let reason: String

    public var description: String { "malformed JSON at line \(line), column \(column): \(reason)" }

    init(_ fault: JSONFault, in bytes: UnsafeRawBufferPointer) {
        offset = fault.offset
        var line = 1
        var lineStart = 0
        for index in 0..<min(fault.offset, bytes.count) where bytes[index] == 0x0A {
            line += 1
            lineStart = index + 1
        }
        self.line = line
        column = fault.offset - lineStart + 1
        if fault.offset < bytes.count {
            let rest = UnsafeRawBufferPointer(
                rebasing: bytes[fault.offset..<min(fault.offset + 16, bytes.count)])
            reason = "\(fault.text), found \(Excerpt.of(rest))"
        } else {
            reason = "\(fault.text), found the end"
        }
    }
}
