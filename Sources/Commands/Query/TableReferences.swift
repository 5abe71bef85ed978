/// What a query names with a dot between, which may be a layer and its table (or an alias and its column).
struct TableReferences: Equatable, Sendable {
    struct Pair: Hashable, Sendable {
        let layer: String
        let name: String
    }

    /// In the order in which they first appear.
    private(set) var pairs: [Pair] = []
    /// Names without a layer behind FROM and JOIN.
    private(set) var bareNames: [String] = []
    /// Whether the query asks what tables there are.
    private(set) var asksForCatalogue = false

    private static let catalogueWords: Set = [
        "information_schema", "duckdb_tables", "duckdb_views", "duckdb_columns", "pg_catalog",
    ]

    init(in text: String) {
        let tokens = SQLToken.tokens(of: text)
        var seen: Set<Pair> = []
        for (index, token) in tokens.enumerated() {
            if let word = token.keyword {
                if Self.catalogueWords.contains(word) { asksForCatalogue = true }
                if word == "show", Self.showsCatalogue(tokens[(index + 1)...]) { asksForCatalogue = true }
            }
            guard let name = token.name, index == 0 || tokens[index - 1] != .sign(".") else { continue }
            if index + 2 < tokens.count, tokens[index + 1] == .sign("."), let second = tokens[index + 2].name
            {
                let pair = Pair(layer: name, name: second)
                if seen.insert(pair).inserted { pairs.append(pair) }
            } else if index > 0, ["from", "join"].contains(tokens[index - 1].keyword) {
                let isCall = index + 1 < tokens.count && tokens[index + 1] == .sign("(")
                if !isCall { bareNames.append(name) }
            }
        }
    }

    /// Whether what stands behind SHOW needs the views of all tables. SHOW TABLES alone is answered without.
    private static func showsCatalogue(_ rest: ArraySlice<SQLToken>) -> Bool {
        switch rest.first?.keyword {
        case "all", "views", "columns", "schemas", "databases": true
        case "tables": rest.dropFirst().first?.keyword == "from"
        default: false
        }
    }
}
