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

    func resolve(
        qualifier given: Identifier?, name: Identifier, in statement: Statement
    ) throws(Diagnostic) -> Expressions.Expression {
        if let given, given.text != qualifier, given.text != relationName {
            throw Diagnostic(
                .unknownSource, "there is no source \(given.text) in this query",
                at: statement.location(of: given.span), hint: "its only source is \(qualifier)")
        }
        let candidates = bindings + pseudoColumns
        if let found = candidates.first(where: { $0.name == name.text }) {
            return .column(found.position, found.type)
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
