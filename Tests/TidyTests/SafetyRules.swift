/// What can trap, what is not done, and where unsafe code may live.
enum SafetyRules {
    /// `try!`, `as!` and `x!` need a line that says why they cannot fail.
    static func forcing(_ file: SourceFile) -> [Finding] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            let token = tokens[index]
            guard token.text == "!", token.kind == .sign, !token.isSpaced, index > 0 else { return nil }
            let before = tokens[index - 1]
            let isOperand = before.kind != .sign || [")", "]", "}", ">", "?"].contains(before.text)
            // `a != b` written without spaces.
            let isInequality =
                index + 1 < tokens.count && tokens[index + 1].text == "=" && !tokens[index + 1].isSpaced
            guard isOperand, !isInequality, !file.isProved(line: token.line) else { return nil }
            // `init!` and `Type!` are forced at each use.
            let sign =
                before.text == "try" || before.text == "as"
                ? "'\(before.text)!'" : "'\(before.text)' forced by '!'"
            return file.finding("\(sign) without a '// Proof:' on the line or above it", line: token.line)
        }
    }

    /// Untrusted bytes throw; a programmer's error is a `precondition` that says which.
    static func traps(_ file: SourceFile) -> [Finding] {
        file.tokens.filter { $0.kind == .word && $0.text == "fatalError" }.map {
            file.finding("'fatalError': throw, or state the rule as a precondition", line: $0.line)
        }
    }

    private static let marks = ["TODO", "FIXME", "XXX", "HACK"]

    static func marks(_ file: SourceFile) -> [Finding] {
        file.lines.enumerated().compactMap { index, line in
            for mark in marks where line.utf8.count >= mark.utf8.count {
                guard let range = line.firstRange(of: mark) else { continue }
                let before = line[..<range.lowerBound].last
                let after = line[range.upperBound...].first
                if [before, after].contains(where: {
                    $0.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
                }) {
                    continue
                }
                return file.finding("'\(mark)': do it, or write an issue", line: index + 1)
            }
            return nil
        }
    }

    private static let unsafeWords: Set = [
        "Unmanaged", "OpaquePointer", "unsafeBitCast", "unsafeDowncast", "unsafelyUnwrapped",
    ]

    static func isUnsafe(_ word: String) -> Bool {
        unsafeWords.contains(word) || word.hasPrefix("withUnsafe")
            || (word.hasPrefix("Unsafe") && word.hasSuffix("Pointer"))
    }

    /// `allowed`: files, or folders with everything below them.
    static func unsafeCode(_ file: SourceFile, allowed: [String]) -> [Finding] {
        if allowed.contains(where: { file.path == $0 || file.path.hasPrefix($0 + "/") }) { return [] }
        guard let first = file.tokens.first(where: { $0.kind == .word && isUnsafe($0.text) }) else {
            return []
        }
        return [
            file.finding(
                "'\(first.text)', but the file is not in Tests/TidyTests/unsafe-files.txt", line: first.line)
        ]
    }
}
