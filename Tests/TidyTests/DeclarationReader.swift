/// Finds the declarations in a file's tokens.
struct DeclarationReader {
    private static let types: Set = ["struct", "class", "enum", "protocol", "actor", "typealias"]
    private static let functions: Set = ["func", "init", "deinit", "subscript"]
    private static let modifiers: Set = [
        "public", "open", "package", "internal", "private", "fileprivate", "final", "indirect", "static",
        "class",
        "mutating", "nonmutating", "consuming", "borrowing", "override", "convenience", "required",
        "nonisolated",
        "distributed", "prefix", "postfix", "infix", "lazy", "isolated", "unsafe", "sending",
    ]
    /// What begins the next declaration after one that has no body, as in a protocol.
    private static let starters: Set = Set(["var", "let", "case", "associatedtype", "import", "extension"])
        .union(types).union(functions).union(modifiers)

    private let tokens: [Token]

    init(_ file: SourceFile) { tokens = file.tokens }

    func declarations() -> [Declaration] {
        var found: [Declaration] = []
        var depth = 0
        for (index, token) in tokens.enumerated() {
            switch token.text {
            case "{": depth += 1
            case "}": depth -= 1
            case "extension" where token.kind == .word:
                found.append(
                    declaration(.extension, at: index, name: extendedName(after: index), depth: depth))
            case let text where token.kind == .word && Self.types.contains(text):
                // `class func`, `AnyObject & class`, `.actor`, `enum:` as a label are no types.
                guard let next = word(at: index + 1), !isMember(index), !Self.modifiers.contains(next),
                    !Self.functions.contains(next), next != "var", next != "let"
                else { continue }
                found.append(declaration(.type, at: index, name: next, depth: depth))
            case let text where token.kind == .word && Self.functions.contains(text):
                guard !isMember(index), isFunction(at: index) else { continue }
                let name = text == "func" && index + 1 < tokens.count ? tokens[index + 1].text : text
                found.append(declaration(.function, at: index, name: name, depth: depth))
            default: break
            }
        }
        return found
    }

    private func word(at index: Int) -> String? {
        tokens.indices.contains(index) && tokens[index].kind == .word ? tokens[index].text : nil
    }

    /// `self.init`, `case .class`, `` `class` ``
    private func isMember(_ index: Int) -> Bool {
        index > 0 && (tokens[index - 1].text == "." || tokens[index - 1].text == "`")
    }

    private func isFunction(at index: Int) -> Bool {
        let next = index + 1 < tokens.count ? tokens[index + 1].text : ""
        switch tokens[index].text {
        case "func": return true
        case "deinit": return next == "{"
        default: return ["(", "<", "?", "!"].contains(next)
        }
    }

    private func extendedName(after index: Int) -> String {
        var name = ""
        var next = index + 1
        while next < tokens.count, tokens[next].kind == .word || tokens[next].text == "." {
            if tokens[next].text == "where" { break }
            name += tokens[next].text
            next += 1
        }
        return name
    }

    private func declaration(_ kind: Declaration.Kind, at index: Int, name: String, depth: Int) -> Declaration
    {
        var first = index
        var modifiers: Set<String> = []
        while let before = modifierStart(before: first) {
            for token in tokens[before..<first] { modifiers.insert(token.text) }
            first = before
        }
        return Declaration(
            kind: kind, name: name, keyword: tokens[index].text, modifiers: modifiers, depth: depth,
            firstLine: tokens[first].line, lastLine: lastLine(from: index))
    }

    /// Where the modifier (`public`, `private(set)`) or attribute (`@inline(never)`) begins that ends before
    /// `index`.
    private func modifierStart(before index: Int) -> Int? {
        var last = index - 1
        if last >= 0, tokens[last].text == ")" {
            var depth = 0
            repeat {
                if tokens[last].text == ")" { depth += 1 }
                if tokens[last].text == "(" { depth -= 1 }
                last -= 1
            } while depth > 0 && last >= 0
        }
        guard last >= 0, tokens[last].kind == .word else { return nil }
        if last > 0, tokens[last - 1].text == "@" { return last - 1 }
        return Self.modifiers.contains(tokens[last].text) ? last : nil
    }

    /// The line of the brace that closes the body of what is declared at `index`.
    private func lastLine(from index: Int) -> Int {
        var parentheses = 0
        var braces = 0
        for next in (index + 1)..<max(tokens.count, index + 1) {
            let token = tokens[next]
            switch token.text {
            case "(", "[": parentheses += 1
            case ")", "]": parentheses -= 1
            case "{" where parentheses == 0: braces += 1
            case "}" where parentheses == 0:
                if braces == 0 { return tokens[index].line }
                braces -= 1
                if braces == 0 { return token.line }
            default:
                let isNewLine = token.line > tokens[next - 1].line
                if braces == 0, parentheses == 0, isNewLine,
                    Self.starters.contains(token.text) || token.text == "@" || token.text == "#"
                {
                    return tokens[index].line
                }
            }
        }
        return tokens.last?.line ?? tokens[index].line
    }
}
