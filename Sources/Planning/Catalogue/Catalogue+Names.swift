import Diagnostics
import Language

extension Catalogue {
    /// The relation that a statement names.
    ///
    /// - Throws: where there is none, with what was probably meant.
    public func relation(named name: Identifier, in statement: Statement) throws(Diagnostic) -> Relation {
        if let relation = relation(name.text) { return relation }
        let suggestion = NearestName.suggestion(for: name.text, among: order)
        throw Diagnostic(
            .unknownSource, "there is no stream or table \(name.text)",
            at: statement.location(of: name.span),
            expected: suggestion == nil && !order.isEmpty ? "one of " + order.joined(separator: ", ") : nil,
            hint: suggestion.map { "did you mean \($0)?" } ?? "create it first")
    }
}
