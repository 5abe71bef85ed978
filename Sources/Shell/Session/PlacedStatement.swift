import Diagnostics
import Language

/// A statement with the text that it stands in, which its errors point into.
struct PlacedStatement {
    let piece: StatementPiece
    let source: SourceText
    /// Without its semicolon, as the server gets it.
    let text: String

    init(_ piece: StatementPiece, in source: SourceText) {
        self.piece = piece
        self.source = source
        let bytes = source.text.utf8
        let start = bytes.index(bytes.startIndex, offsetBy: piece.span.offset)
        let end = bytes.index(start, offsetBy: piece.span.length)
        text = String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// The error with its place in the whole text.
    ///
    /// Where the server names none, the statement is read here: what can't be read has its place. But what is
    /// refused only here was no error.
    ///
    /// - Parameter pointsAtStart: an error without a place gets that of the statement.
    func placed(_ error: Diagnostic, variables: Variables, pointsAtStart: Bool) -> Diagnostic {
        // A script's own errors have their places in its file.
        if error.location?.file != nil { return error }
        var error = error
        if let location = error.location {
            error.location =
                location.sourceLine == nil
                ? resolved(line: location.line, column: location.column, length: location.length)
                : moved(location)
            return error
        }
        var reader = ScriptReader(text, variables: variables)
        do throws(Diagnostic) {
            _ = try reader.next()
        } catch let own where error.code == .invalidStatement {
            error = own
            error.location = own.location.map(moved)
            return error
        } catch {}
        if pointsAtStart {
            error.location = SourceLocation(
                in: source.text, file: source.file, offset: piece.span.offset,
                length: tokenLength(at: 0))
        }
        return error
    }

    /// A place in the statement's text as one in the whole text.
    private func moved(_ location: SourceLocation) -> SourceLocation {
        SourceLocation(
            in: source.text, file: source.file, offset: piece.span.offset + location.offset,
            length: location.length)
    }

    /// - Parameter length: 0 where the server does not say: then the token that stands there is marked.
    private func resolved(line: Int, column: Int, length: Int) -> SourceLocation {
        var offset = 0
        var left = max(0, line - 1)
        let bytes = Array(text.utf8)
        while left > 0, offset < bytes.count {
            if bytes[offset] == UInt8(ascii: "\n") { left -= 1 }
            offset += 1
        }
        let rest = String(decoding: bytes[offset...], as: UTF8.self)
        offset += rest.prefix(max(0, column - 1)).utf8.count
        return SourceLocation(
            in: source.text, file: source.file, offset: piece.span.offset + offset,
            length: length > 0 ? length : tokenLength(at: offset))
    }

    /// Bytes of the word, quoted text or symbol at a place.
    private func tokenLength(at offset: Int) -> Int {
        let rest = Array(text.utf8.dropFirst(offset))
        guard let first = rest.first else { return 1 }
        if [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`")].contains(first) {
            return (rest.dropFirst().firstIndex(of: first) ?? rest.count - 1) + 1
        }
        return max(1, rest.prefix { Self.isWord($0) }.count)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
            || (0x41...0x5A).contains(byte & 0xDF)
    }
}
