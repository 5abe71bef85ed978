/// How long lines, functions and files may be, and how deep folders.
enum LengthRules {
    static let lineLimit = 110
    static let functionLimit = 70
    static let fileQuestion = 400
    static let fileLimit = 700
    static let folderLimit = 3

    /// A file that is a table of data says so, with the reason, near its top.
    static let dataMark = "// Data table:"

    static func fileLength(_ file: SourceFile) -> [Finding] {
        guard file.lines.count > fileLimit, !file.lines.prefix(20).contains(where: { $0.contains(dataMark) })
        else { return [] }
        return [
            file.finding("\(file.lines.count) lines, above \(fileLimit): split it by what changes together")
        ]
    }

    /// Text in multi-line literals and lines with a web address may be longer.
    static func lineLength(_ file: SourceFile) -> [Finding] {
        file.lines.enumerated().compactMap { index, line in
            guard line.utf8.count > lineLimit, line.count > lineLimit, !line.contains("://"),
                !file.linesInStrings.contains(index + 1)
            else { return nil }
            return file.finding("\(line.count) columns, above \(lineLimit)", line: index + 1)
        }
    }

    static func functionLength(_ file: SourceFile) -> [Finding] {
        DeclarationReader(file).declarations().compactMap { declaration in
            let count = declaration.lastLine - declaration.firstLine + 1
            guard declaration.kind == .function, count > functionLimit else { return nil }
            return file.finding(
                "'\(declaration.name)' has \(count) lines, above \(functionLimit)",
                line: declaration.firstLine)
        }
    }

    /// Folders below `Sources/<Target>`.
    static func folderDepth(_ file: SourceFile) -> [Finding] {
        let depth = file.components.count - 3
        return depth > folderLimit ? [file.finding("\(depth) folders deep, above \(folderLimit)")] : []
    }
}
