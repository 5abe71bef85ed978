/// Finds where the statements of a PostgreSQL script begin and end, as `psql` does: at semicolons outside of
/// quotes, comments, parentheses and bodies of SQL functions (`BEGIN ATOMIC … END`).
struct StatementSplitter {
    private let bytes: [UInt8]
    private var index = 0
    /// Parentheses and brackets that are open.
    private var depth = 0
    /// `BEGIN` and `CASE` within CREATE FUNCTION or PROCEDURE that wait for their `END`.
    private var blocks = 0
    /// The first words of the statement, which say whether it makes a function.
    private var words: [String] = []
    private var start: Int?

    private static let wordsKept = 4

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Byte ranges of the statements, without white space and comments before them and the semicolon behind.
    static func ranges(_ text: String) -> [Range<Int>] {
        var splitter = StatementSplitter(text)
        return splitter.all()
    }

    private mutating func all() -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        while index < bytes.count {
            let byte = bytes[index]
            if skipsBlank(byte) { continue }
            if byte == UInt8(ascii: ";"), depth == 0, blocks == 0 {
                end(&ranges)
                index += 1
                continue
            }
            if start == nil { start = index }
            take(byte)
        }
        end(&ranges)
        return ranges
    }

    private mutating func end(_ ranges: inout [Range<Int>]) {
        if let start { ranges.append(start..<index) }
        (start, depth, blocks, words) = (nil, 0, 0, [])
    }

    /// Passes white space and comments.
    private mutating func skipsBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0B, 0x0C:
            index += 1
        case UInt8(ascii: "-") where next(1) == UInt8(ascii: "-"):
            while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
        case UInt8(ascii: "/") where next(1) == UInt8(ascii: "*"): skipComment()
        default: return false
        }
        return true
    }

    /// Comments in slashes and stars lie within each other.
    private mutating func skipComment() {
        var open = 0
        repeat {
            if bytes[index] == UInt8(ascii: "/"), next(1) == UInt8(ascii: "*") {
                open += 1
                index += 2
            } else if bytes[index] == UInt8(ascii: "*"), next(1) == UInt8(ascii: "/") {
                open -= 1
                index += 2
            } else {
                index += 1
            }
        } while open > 0 && index < bytes.count
        index = min(index, bytes.count)
    }

    private func next(_ distance: Int) -> UInt8? {
        index + distance < bytes.count ? bytes[index + distance] : nil
    }

    private mutating func take(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "'"): skipQuoted(byte, escapes: false)
        case UInt8(ascii: "\""): skipQuoted(byte, escapes: false)
        case UInt8(ascii: "("), UInt8(ascii: "["): step { $0 += 1 }
        case UInt8(ascii: ")"), UInt8(ascii: "]"): step { $0 = max(0, $0 - 1) }
        case UInt8(ascii: "$"): if !skipsDollarQuoted() { index += 1 }
        case _ where Self.beginsWord(byte): takeWord()
        default: index += 1
        }
    }

    private mutating func step(_ change: (inout Int) -> Void) {
        change(&depth)
        index += 1
    }

    private static func beginsWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
            || byte >= 0x80
    }

    private static func isInWord(_ byte: UInt8) -> Bool {
        beginsWord(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "$")
    }

    private mutating func takeWord() {
        let begin = index
        while index < bytes.count, Self.isInWord(bytes[index]) { index += 1 }
        let word = String(decoding: bytes[begin..<index], as: UTF8.self).lowercased()
        // E'…' takes backslashes as escapes.
        if word == "e", next(0) == UInt8(ascii: "'") { return skipQuoted(UInt8(ascii: "'"), escapes: true) }
        if words.count < Self.wordsKept { words.append(word) }
        guard makesFunction, depth == 0 else { return }
        switch word {
        case "begin": blocks += 1
        case "case" where blocks > 0: blocks += 1
        case "end" where blocks > 0: blocks -= 1
        default: break
        }
    }

    private var makesFunction: Bool {
        guard words.first == "create" else { return false }
        let kind = words.dropFirst().first { !["or", "replace"].contains($0) }
        return kind == "function" || kind == "procedure"
    }

    private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
        index += 1
        while index < bytes.count, bytes[index] != quote {
            index += escapes && bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        // A doubled quote begins another quoted part, which comes to the same.
        index = min(index + 1, bytes.count)
    }

    /// `$$…$$` or `$tag$…$tag$`.
    private mutating func skipsDollarQuoted() -> Bool {
        var end = index + 1
        while end < bytes.count, Self.isInWord(bytes[end]), bytes[end] != UInt8(ascii: "$") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "$"),
            index + 1 == end || Self.beginsWord(bytes[index + 1])
        else { return false }
        let tag = bytes[index...end]
        index = end + 1
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "$"), bytes[index...].starts(with: tag) {
                index += tag.count
                return true
            }
            index += 1
        }
        return true
    }
}
