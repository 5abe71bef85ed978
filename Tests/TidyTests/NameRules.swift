/// Names that say nothing, and types that are not in the file of their name.
enum NameRules {
    /// Banned wherever they stand in a name.
    private static let emptyWords: Set = [
        "Util", "Utils", "Utility", "Utilities", "Helper", "Helpers", "Misc", "Manager", "Impl",
    ]
    /// Banned as a whole name or as its last word, as in `PlanBase`; `CommonPrefix` is a term. What follows a
    /// `+` is a topic: `Parser+Types.swift` reads types.
    private static let emptyEndings: Set = ["Common", "Base", "Core", "Types", "New", "Old"]

    static func bannedWord(in name: String) -> String? {
        let words = words(of: name)
        if let last = words.last, emptyEndings.contains(last), !name.contains("+") { return last }
        return words.first { emptyWords.contains($0) }
    }

    /// `HTTPServer+Old` → HTTP, Server, Old. Digits belong to the word before them.
    static func words(of name: String) -> [String] {
        var words: [String] = []
        var word = ""
        let letters = Array(name)
        for (index, letter) in letters.enumerated() {
            let next = index + 1 < letters.count ? letters[index + 1] : nil
            let isBorder =
                letter.isUppercase && !word.isEmpty
                && (word.last?.isUppercase == false || next?.isLowercase == true)
            if !letter.isLetter && !letter.isNumber || isBorder {
                if !word.isEmpty { words.append(word) }
                word = ""
            }
            if letter.isLetter || letter.isNumber { word.append(letter) }
        }
        if !word.isEmpty { words.append(word) }
        return words.map { $0.prefix(1).uppercased() + $0.dropFirst() }
    }

    static func bannedNames(_ file: SourceFile) -> [Finding] {
        var findings: [Finding] = []
        for component in file.components.dropFirst().dropLast() + [file.name[...]] {
            guard let word = bannedWord(in: String(component)) else { continue }
            findings.append(file.finding("'\(component)' is named '\(word)': name what it holds"))
        }
        for declaration in DeclarationReader(file).declarations() where declaration.kind == .type {
            guard let word = bannedWord(in: declaration.name) else { continue }
            findings.append(
                file.finding(
                    "'\(declaration.name)' is named '\(word)': name what it does", line: declaration.firstLine
                ))
        }
        return findings
    }

    /// One public type a file, of the file's name; `Type+Facet.swift` holds extensions of it.
    static func typePerFile(_ file: SourceFile) -> [Finding] {
        let declarations = DeclarationReader(file).declarations()
        let types = declarations.filter { $0.kind == .type && $0.depth == 0 && !$0.isPrivate }
        let published = types.filter(\.isPublic)
        let subject = String(file.name.prefix { $0 != "+" })
        var findings = published.dropFirst().map { extra in
            file.finding(
                "'\(extra.name)' is a second public type beside '\(published[0].name)': give it a file",
                line: extra.firstLine)
        }
        // Types nested in an extension may have a file of their own name.
        let nested = declarations.filter { $0.kind == .type && $0.depth == 1 }
        let extended = declarations.filter { $0.kind == .extension }.flatMap { $0.name.split(separator: ".") }
        let names: Set<String>
        if let main = published.first, subject == file.name {
            names = [main.name]
        } else if !types.isEmpty || !extended.isEmpty {
            names = Set(types.map(\.name) + nested.map(\.name) + extended.map(String.init))
        } else {
            return findings
        }
        if !names.contains(subject) {
            findings.append(file.finding("holds \(names.sorted().joined(separator: ", ")), not '\(subject)'"))
        }
        return findings
    }

    /// A public type says what it is.
    static func documentedTypes(_ file: SourceFile) -> [Finding] {
        DeclarationReader(file).declarations().compactMap { declaration in
            guard declaration.kind == .type, declaration.isPublic else { return nil }
            let above = file.comments[declaration.firstLine - 1] ?? ""
            guard !above.hasPrefix("///"), !above.hasSuffix("*/") else { return nil }
            return file.finding(
                "'\(declaration.name)' is public and has no doc comment", line: declaration.firstLine)
        }
    }
}
