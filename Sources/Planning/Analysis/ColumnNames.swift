import Language

/// Gives names to expressions without an alias, as ksqlDB does.
struct ColumnNames {
    private var taken: Set<String>
    private var generated = 0

    init(source: Relation) { taken = Set(source.columns.map(\.name)) }

    /// - Parameter syntax: nil for what has no name of its own.
    ///
    /// A column's own name; a field's, with a number behind it when the source or the list has that name
    /// already; `KSQL_COL_0` and so on for all else, with numbers that no column of the source has.
    mutating func name(of syntax: Language.Expression?) -> String {
        switch syntax?.kind {
        case .column(_, let name): return name.text
        case .field(_, let name): return unique(name.text)
        default:
            while true {
                let name = "KSQL_COL_\(generated)"
                generated += 1
                if !taken.contains(name) { return name }
            }
        }
    }

    private mutating func unique(_ name: String) -> String {
        var candidate = name
        var number = 0
        while !taken.insert(candidate).inserted {
            number += 1
            candidate = "\(name)_\(number)"
        }
        return candidate
    }
}
