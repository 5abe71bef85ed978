import Columnar
import Diagnostics
import Expressions
import Language

/// The names that an expression may use and the columns that they stand for.
struct Scope {
    /// A name and where its column stands in a row.
    struct Binding {
        let name: String
        let position: Int
        let type: DataType
    }

    /// The name in front of a point, as in `e.price`: the relation's alias.
    let qualifier: String
    let relationName: String
    let bindings: [Binding]
    let pseudoColumns: [Binding]

    /// The row of a relation.
    init(relation: Relation, qualifier: String) {
        self.qualifier = qualifier
        relationName = relation.name
        bindings = relation.columns.enumerated().map {
            Binding(name: $1.name, position: $0, type: $1.type)
        }
        pseudoColumns = PseudoColumn.allCases.compactMap { pseudo in
            if pseudo.isWindowBound && relation.windowing == nil { return nil }
            return Binding(name: pseudo.name, position: relation.position(of: pseudo), type: pseudo.type)
        }
    }

    /// Refuses a qualifier that names no source of the query.
    func check(qualifier given: Identifier?, in statement: Statement) throws(Diagnostic) {
        guard let given, given.text != qualifier, given.text != relationName else { return }
        throw Diagnostic(
            .unknownSource, "there is no source \(given.text) in this query",
            at: statement.location(of: given.span), hint: "its only source is \(qualifier)")
    }

    func resolve(
        qualifier given: Identifier?, name: Identifier, in statement: Statement
    ) throws(Diagnostic) -> Expressions.Expression {
        try check(qualifier: given, in: statement)
        let candidates = bindings + pseudoColumns
        if let found = candidates.first(where: { $0.name == name.text }) {
            return .column(found.position, found.type)
        }
        if PseudoColumn(name: name.text)?.isWindowBound == true {
            throw Diagnostic(
                .unknownColumn, "\(relationName) has no windows, so \(name.text) is not known here",
                at: statement.location(of: name.span),
                hint: "a query with WINDOW and GROUP BY knows it in its SELECT list")
        }
        let suggestion = NearestName.suggestion(for: name.text, among: candidates.map(\.name))
        throw Diagnostic(
            .unknownColumn, "column \(name.text) does not exist in \(relationName)",
            at: statement.location(of: name.span),
            expected: suggestion == nil
                ? "one of " + bindings.map(\.name).joined(separator: ", ") : nil,
            hint: suggestion.map { "did you mean \($0)?" })
    }
}
