import Language

/// Gives names to expressions without an alias, as ksqlDB does.
struct ColumnNames {
    private let scope: Scope
    private var taken: Set<String>
    private var generated = 0

    init(scope: Scope) {
        self.scope = scope
        taken = Set(scope.resultNames)
    }

    /// - Parameter syntax: nil for what has no name of its own.
    ///
    /// A column's own name, with its source in front where several have it; a field's, with a number behind
    /// it when the source or the list has that name already; `KSQL_COL_0` and so on for all else, with
    /// numbers that no column of the source has.
    mutating func name(of syntax: Language.Expression?) -> String {
        switch syntax?.kind {
        case .column(let qualifier, let name): return scope.resultName(qualifier: qualifier, name: name)
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
