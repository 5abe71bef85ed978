import Columnar
import Diagnostics
import Expressions
import Language

/// The columns of a SELECT list, with their expressions.
struct SelectedColumns {
    private struct Entry {
        let column: RelationColumn
        let expression: Expressions.Expression
        /// Where it stands in the key; nil is a value column.
        let key: Int?
    }

    private var entries: [Entry] = []

    /// Keys in the key's order, then values in the list's.
    private var ordered: [Entry] {
        entries.filter { $0.key != nil }.sorted { ($0.key ?? 0) < ($1.key ?? 0) }
            + entries.filter { $0.key == nil }
    }

    var columns: [RelationColumn] { ordered.map(\.column) }
    var expressions: [Expressions.Expression] { ordered.map(\.expression) }
    var keyCount: Int { entries.count { $0.key != nil } }
    var hasValues: Bool { keyCount < entries.count }

    /// The name under which the n-th part of the key stands in the list.
    func name(ofKey key: Int) -> String? { entries.first { $0.key == key }?.column.name }

    /// Adds a column, or refuses a name that is taken.
    mutating func append(
        _ name: String, _ expression: Expressions.Expression, key: Int?, span: SourceSpan,
        in statement: Statement
    ) throws(Diagnostic) {
        let place = statement.location(of: span)
        if PseudoColumn(name: name) != nil {
            throw Diagnostic(
                .invalidStatement, "\(name) is the name of a pseudo-column that every record has", at: place,
                hint: "give it another name: … AS name")
        }
        if let key, let other = self.name(ofKey: key) {
            throw Diagnostic(
                .invalidStatement, "the SELECT list has a part of the key twice: \(other) and \(name)",
                at: place,
                expected: "each part of the key once", hint: "write AS_VALUE(…) AS \(name) for a copy")
        }
        if entries.contains(where: { $0.column.name == name }) {
            throw Diagnostic(
                .duplicateColumn, "the SELECT list has two columns \(name)", at: place,
                hint: "give one another name: … AS name")
        }
        if expression.isUntypedNull {
            throw Diagnostic(
                .typeMismatch, "column \(name) has no type", at: place,
                hint: "say which NULL is meant: CAST(NULL AS STRING)")
        }
        entries.append(Entry(column: RelationColumn(name, expression.type), expression: expression, key: key))
    }

    /// The same columns, their keys numbered as they stand in the list.
    var withKeysInListOrder: SelectedColumns {
        var result = self
        var next = 0
        result.entries = entries.map { entry in
            guard entry.key != nil else { return entry }
            next += 1
            return Entry(column: entry.column, expression: entry.expression, key: next - 1)
        }
        return result
    }

    /// The same columns with other expressions.
    func mapping(_ change: (Expressions.Expression) -> Expressions.Expression) -> SelectedColumns {
        var result = self
        result.entries = entries.map {
            Entry(column: $0.column, expression: change($0.expression), key: $0.key)
        }
        return result
    }
}
