import Foundation

/// What the documents say of the repository is there.
enum DocumentRules {
    static func isDocument(_ path: String) -> Bool {
        path.hasSuffix(".md")
            && (!path.contains("/") || path.hasPrefix("docs/") || path.hasPrefix("pipelines/"))
    }

    /// Relative links, `[text](path#part)`, lead somewhere.
    static func links(_ file: SourceFile, exists: (String) -> Bool) -> [Finding] {
        prose(of: file).flatMap { line, text in
            text.matches(of: #/\]\(([^)\s]+)\)/#).compactMap { match in
                let link = match.1
                guard !link.contains("://"), !link.hasPrefix("#"), !link.hasPrefix("mailto:") else {
                    return nil
                }
                let path = resolve(link.prefix { $0 != "#" }, from: file)
                return exists(path) ? nil : file.finding("the link '\(link)' leads nowhere", line: line)
            }
        }
    }

    /// Files and folders named from the root exist: `Sources/State/Table.swift`. Names with a placeholder,
    /// such as `Sources/<Target>/` or `docs/*.md`, are no paths.
    static func paths(_ file: SourceFile, exists: (String) -> Bool) -> [Finding] {
        let path = #/(?:^|[^\w\/.<-])((?:Sources|Tests|Benchmarks|scripts|pipelines|docs)\/[\w\/.+<>{}*$-]*)/#
        return file.lines.enumerated().flatMap { index, text in
            text.matches(of: path).compactMap { match in
                let name = match.1.trimmingSuffix { $0 == "." }
                guard !name.contains(where: { "<>{}*$".contains($0) }), !exists(String(name)) else {
                    return nil
                }
                return file.finding("'\(name)' does not exist", line: index + 1)
            }
        }
    }

    /// Commands in backticks, `make test`, are targets of the Makefile.
    static func makeTargets(_ file: SourceFile, makefile: String) -> [Finding] {
        prose(of: file).flatMap { line, text in
            text.matches(of: #/`(?:[A-Z_]+=\S+ )*make ([a-z][a-z-]*)/#).compactMap { match in
                makefile.contains("\n\(match.1):")
                    ? nil : file.finding("the Makefile has no target '\(match.1)'", line: line)
            }
        }
    }

    /// The table below the heading “Life of an event”: step | file | symbol.
    static func lifeOfAnEvent(_ file: SourceFile, text: (String) -> String?) -> [Finding] {
        let rows = lifeRows(of: file)
        guard rows.count >= 5 else {
            return [file.finding("has no table 'Life of an event' of five rows or more")]
        }
        return rows.flatMap { line, cells -> [Finding] in
            guard cells.count >= 3 else {
                return [file.finding("a row without step, file and symbol", line: line)]
            }
            let path = cells[1].filter { $0 != "`" }
            guard let content = text(path) else {
                return [file.finding("'\(path)' does not exist", line: line)]
            }
            let words = Set(content.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
            return symbolWords(cells[2]).filter { !words.contains($0) }.map {
                file.finding("'\(path)' holds no '\($0)'", line: line)
            }
        }
    }

    /// `Type.method(label:)`, several apart by commas, as the words that must stand in the file.
    private static func symbolWords(_ cell: String) -> [Substring] {
        let withoutArguments = cell.replacing(#/\([^)]*\)/#, with: "")
        return withoutArguments.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    }

    private static func lifeRows(of file: SourceFile) -> [(Int, [String])] {
        var rows: [(Int, [String])] = []
        var isInside = false
        for (index, line) in file.lines.enumerated() {
            if line.hasPrefix("#") {
                isInside = line.lowercased().contains("life of an event")
            } else if isInside, line.hasPrefix("|") {
                let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                rows.append((index + 1, cells))
            } else if !rows.isEmpty {
                break
            }
        }
        // The heading and the rule below it.
        return Array(rows.dropFirst(2))
    }

    /// Lines outside code blocks, counted from 1.
    private static func prose(of file: SourceFile) -> [(Int, Substring)] {
        var isCode = false
        return file.lines.enumerated().compactMap { index, line in
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isCode.toggle() }
            return isCode ? nil : (index + 1, line)
        }
    }

    private static func resolve(_ link: Substring, from file: SourceFile) -> String {
        var components = Array(file.components.dropLast())
        for part in link.split(separator: "/") {
            if part == ".." {
                // A link above the root stays as it is and is not found.
                if components.isEmpty { return String(link) }
                components.removeLast()
            } else if part != "." {
                components.append(part)
            }
        }
        return components.joined(separator: "/")
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
