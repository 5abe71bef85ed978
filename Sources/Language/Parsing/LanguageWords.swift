/// The words with a meaning of their own, for completion.
public enum LanguageWords {
    /// All keywords in upper case, in order.
    public static let all: [String] = Keyword.allCases.map(\.rawValue).sorted()
    /// Those that can begin a statement, the most common first.
    public static let statementStarts: [String] = Keyword.statementStarts.map(\.rawValue)
}
