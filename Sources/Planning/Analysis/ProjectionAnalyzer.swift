import Diagnostics
import Expressions
import Language

/// The SELECT list of a query without GROUP BY.
struct ProjectionAnalyzer {
    let input: Relation
    let translator: ExpressionTranslator

    private var statement: Statement { translator.statement }

    func select(_ query: Query) throws(Diagnostic) -> SelectedColumns {
        var selected = SelectedColumns()
        let keys = try keyExpressions(query)
        var generated = 0
        for item in query.select {
            switch item.kind {
            case .allColumns:
                for (position, column) in input.columns.enumerated() {
                    let expression = Expressions.Expression.column(position, column.type)
                    try selected.append(
                        column.name, expression, isKey: keys.contains(expression), span: item.span,
                        in: statement)
                }
            case .allFields(let structure):
                let typed = try translator.translate(structure)
                guard case .structure(let fields) = typed.type else {
                    throw Diagnostic(
                        .typeMismatch, "->* needs a STRUCT, and this is \(typed.type.sql)",
                        at: statement.location(of: item.span), expected: "STRUCT")
                }
                for (index, field) in fields.enumerated() {
                    try selected.append(
                        field.name, .member(typed, index, field.type), isKey: false, span: item.span,
                        in: statement)
                }
            case .expression(let syntax, let alias):
                let typed = try translator.translate(syntax)
                var name = alias?.text ?? SelectedColumns.ownName(syntax)
                if name == nil {
                    name = SelectedColumns.generatedName(generated)
                    generated += 1
                }
                try selected.append(
                    name ?? "", typed, isKey: keys.contains(typed), span: item.span, in: statement)
            }
        }
        try checkKeys(selected, keys, query)
        return selected
    }

    /// What the output's key is: the PARTITION BY expressions, else the input's key columns.
    private func keyExpressions(_ query: Query) throws(Diagnostic) -> [Expressions.Expression] {
        if let partition = query.partitionBy {
            var keys: [Expressions.Expression] = []
            for syntax in partition.expressions {
                let typed = try translator.translate(syntax)
                if !typed.isUntypedNull { keys.append(typed) }
            }
            return keys
        }
        return input.keys.enumerated().map { .column($0, $1.type) }
    }

    private func checkKeys(
        _ selected: SelectedColumns, _ keys: [Expressions.Expression], _ query: Query
    ) throws(Diagnostic) {
        guard selected.keyCount < keys.count else { return }
        let names = input.keys.map(\.name).joined(separator: ", ")
        throw Diagnostic(
            .invalidStatement, "the key is missing from the SELECT list",
            at: statement.location(of: query.select.first?.span ?? query.span),
            expected: query.partitionBy == nil ? "the key column \(names)" : "the PARTITION BY expressions",
            hint: "add it to the SELECT list")
    }
}
