extension Identifier {
    /// The name as it is written in SQL: in backquotes where it would not be read back the same without.
    public var formatted: String {
        let word = text.utf8
        let isPlain =
            word.first?.beginsWord == true && word.allSatisfy { $0.continuesWord }
            && text.uppercased() == text && Keyword(rawValue: text)?.isReserved != true
        if isPlain { return text }
        return "`" + text.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``") + "`"
    }
}
