/// One part of a path with wildcards: `*`, `?`, `[a-z]`, `[!a-z]`, `\` before a character that stands for
/// itself.
struct NamePattern: Sendable, Equatable {
    private enum Token: Equatable, Sendable {
        case scalar(Unicode.Scalar)
        case any
        case anySequence
        case oneOf([ClosedRange<UInt32>], isNegated: Bool)
    }

    private var tokens: [Token] = []
    /// A pattern that names hidden files finds them; a wildcard alone does not.
    private let findsHidden: Bool

    /// nil when a `[` is not closed.
    init?(_ pattern: String) {
        let scalars = Array(pattern.unicodeScalars)
        findsHidden = scalars.first == "." || scalars.first == "_"
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            switch scalar {
            case "*": if tokens.last != .anySequence { tokens.append(.anySequence) }
            case "?": tokens.append(.any)
            case "[":
                guard let set = Self.set(scalars, &index) else { return nil }
                tokens.append(set)
            case "\\" where index < scalars.count:
                tokens.append(.scalar(scalars[index]))
                index += 1
            default: tokens.append(.scalar(scalar))
            }
        }
    }

    private static func set(_ scalars: [Unicode.Scalar], _ index: inout Int) -> Token? {
        var ranges: [ClosedRange<UInt32>] = []
        var isNegated = false
        if index < scalars.count, scalars[index] == "!" || scalars[index] == "^" {
            isNegated = true
            index += 1
        }
        let first = index
        while index < scalars.count {
            let low = scalars[index].value
            index += 1
            if low == 0x5D, index - 1 > first { return .oneOf(ranges, isNegated: isNegated) }
            if index + 1 < scalars.count, scalars[index] == "-", scalars[index + 1] != "]" {
                let high = scalars[index + 1].value
                if low <= high { ranges.append(low...high) }
                index += 2
            } else {
                ranges.append(low...low)
            }
        }
        return nil
    }

    func matches(_ name: String) -> Bool {
        if !findsHidden, Self.isHidden(name) { return false }
        let scalars = name.unicodeScalars
        var position = scalars.startIndex
        var token = 0
        // Where to go on when what follows the last `*` does not fit: let the star take one more.
        var star: (token: Int, position: String.UnicodeScalarView.Index)?
        while true {
            if token < tokens.count, tokens[token] == .anySequence {
                token += 1
                star = (token, position)
                continue
            }
            if position == scalars.endIndex {
                if token == tokens.count { return true }
            } else if token < tokens.count, Self.matches(tokens[token], scalars[position]) {
                token += 1
                position = scalars.index(after: position)
                continue
            }
            guard let last = star, last.position < scalars.endIndex else { return false }
            position = scalars.index(after: last.position)
            token = last.token
            star = (token, position)
        }
    }

    private static func matches(_ token: Token, _ scalar: Unicode.Scalar) -> Bool {
        switch token {
        case .scalar(let wanted): wanted == scalar
        case .any: true
        case .anySequence: false
        case .oneOf(let ranges, let isNegated): ranges.contains { $0.contains(scalar.value) } != isNegated
        }
    }

    /// Names that writers use while they write, or for themselves.
    static func isHidden(_ name: String) -> Bool {
        name.utf8.first == UInt8(ascii: ".") || name.utf8.first == UInt8(ascii: "_") || name.hasSuffix(".tmp")
    }

    /// The pattern's alternatives with its `{a,b}` written out; nil when a brace is not closed.
    static func alternatives(_ pattern: String) -> [String]? {
        guard let open = pattern.firstIndex(of: "{") else { return pattern.contains("}") ? nil : [pattern] }
        var depth = 0
        var parts: [String] = []
        var part = ""
        var index = open
        while index < pattern.endIndex {
            let character = pattern[index]
            index = pattern.index(after: index)
            if character == "{" {
                depth += 1
                if depth == 1 { continue }
            } else if character == "}" {
                depth -= 1
                if depth == 0 { break }
            } else if character == ",", depth == 1 {
                parts.append(part)
                part = ""
                continue
            }
            part.append(character)
        }
        guard depth == 0 else { return nil }
        parts.append(part)
        let head = pattern[..<open]
        let tail = pattern[index...]
        var all: [String] = []
        for part in parts {
            guard let expanded = alternatives(head + part + tail) else { return nil }
            all += expanded
            // Braces multiply; a path has no use for more.
            if all.count > 1000 { return nil }
        }
        return all
    }
}
