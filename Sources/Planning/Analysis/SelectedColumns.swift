import Diagnostics
import Expressions
import Language

/// The columns of a SELECT list with the expressions that make them; key columns first.
struct SelectedColumns {
    private(set) var columns: [RelationColumn] = []
    private(set) var expressions: [Expressions.Expression] = []
    var keyCount = 0

    /// Adds a column, or refuses a name that is taken.
    mutating func append(
        _ name: String, _ expression: Expressions.Expression, isKey: Bool, span: SourceSpan,
        in statement: Statement
    ) throws(Diagnostic) {
        if columns.contains(where: { $0.name == name }) {
            throw Diagnostic(
                .duplicateColumn, "the SELECT list has two columns \(name)",
                at: statement.location(of: span), hint: "give one another name: … AS name")
        }
        if expression.isUntypedNull {
            throw Diagnostic(
                .typeMismatch, "column \(name) has no type", at: statement.location(of: span),
                hint: "say which NULL is meant: CAST(NULL AS STRING)")
        }
        let index = isKey ? keyCount : columns.count
        columns.insert(RelationColumn(name, expression.type), at: index)
        expressions.insert(expression, at: index)
        if isKey { keyCount += 1 }
    }

    /// The name of the n-th expression without an alias, as ksqlDB gives them.
    static func generatedName(_ index: Int) -> String { "KSQL_COL_\(index)" }

    /// The name that an expression has by itself: of a column, or of a field.
    static func ownName(_ syntax: Language.Expression) -> String? {
        switch syntax.kind {
        case .column(_, let name): return name.text
        case .field(_, let name): return name.text
        default: return nil
        }
    }
}
