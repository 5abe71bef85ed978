import Diagnostics
import Expressions
import Language

/// The SELECT list of a query without GROUP BY.
struct ProjectionAnalyzer {
    typealias Typed = Expressions.Expression

    let input: Relation
    let translator: ExpressionTranslator
    let settings: Settings

    private var statement: Statement { translator.statement }

    /// A part of the output's key: a PARTITION BY expression, or a key column of the input.
    private struct Key {
        let syntax: Language.Expression?
        let typed: Typed
    }

    func select(_ query: Query) throws(Diagnostic) -> SelectedColumns {
        var selected = SelectedColumns()
        let keys = try keys(query)
        var names = ColumnNames(source: input)
        for item in query.select {
            switch item.kind {
            case .allColumns(let qualifier):
                try translator.scope.check(qualifier: qualifier, in: statement)
                try appendAll(query, keys, item, &names, to: &selected)
            case .allFields(let structure):
                let typed = try translator.translate(structure)
                guard case .structure(let fields) = typed.type else {
                    throw Diagnostic(
                        .typeMismatch, "->* needs a STRUCT, and this is \(typed.type.sql)",
                        at: statement.location(of: item.span), expected: "STRUCT")
                }
                for (index, field) in fields.enumerated() {
                    try selected.append(
                        field.name, .member(typed, index, field.type), key: nil, span: item.span,
                        in: statement)
                }
            case .expression(let syntax, let alias):
                let typed = try translator.translate(syntax)
                try selected.append(
                    alias?.text ?? names.name(of: syntax), typed, key: keys.firstIndex { $0.typed == typed },
                    span: item.span, in: statement)
            }
        }
        // ksqlDB's other planner: what is selected of the key is the key, in the list's order.
        if query.partitionBy == nil, settings[.keysInListOrder]?.lowercased() == "true" {
            return selected.withKeysInListOrder
        }
        try checkKeys(selected, keys, query)
        return selected
    }

    /// `*`: the new key, then the values, then what was the key before.
    private func appendAll(
        _ query: Query, _ keys: [Key], _ item: SelectItem, _ names: inout ColumnNames,
        to selected: inout SelectedColumns
    ) throws(Diagnostic) {
        if query.partitionBy != nil {
            for (index, key) in keys.enumerated() where selected.name(ofKey: index) == nil {
                guard let syntax = key.syntax else { continue }
                try selected.append(
                    names.name(of: TimeLiterals.isPseudoColumn(syntax) ? nil : syntax), key.typed, key: index,
                    span: item.span, in: statement)
            }
        }
        let positions =
            query.partitionBy == nil
            ? Array(input.columns.indices)
            : Array(input.columns.indices[input.keyCount...]) + Array(0..<input.keyCount)
        for position in positions {
            let typed = Typed.column(position, input.columns[position].type)
            let key = keys.firstIndex { $0.typed == typed }
            if key != nil, query.partitionBy != nil { continue }
            try selected.append(input.columns[position].name, typed, key: key, span: item.span, in: statement)
        }
    }

    private func keys(_ query: Query) throws(Diagnostic) -> [Key] {
        guard let partition = query.partitionBy else {
            return input.keys.enumerated().map { Key(syntax: nil, typed: .column($0, $1.type)) }
        }
        let place = statement.location(of: partition.span)
        if input.kind == .table {
            throw Diagnostic(
                .invalidStatement, "a table has its PRIMARY KEY and can't be partitioned by another",
                at: place,
                hint: "remove PARTITION BY, or GROUP BY the column")
        }
        guard !partition.expressions.isEmpty else {
            throw Diagnostic(
                .invalidStatement, "PARTITION BY names nothing", at: place, expected: "an expression",
                hint: "name a column, or PARTITION BY NULL for records without a key")
        }
        var keys: [Key] = []
        for syntax in partition.expressions {
            keys.append(Key(syntax: syntax, typed: try translator.translate(syntax)))
        }
        guard keys.contains(where: \.typed.isUntypedNull) else { return keys }
        if keys.count == 1 { return [] }
        throw Diagnostic(
            .invalidStatement, "NULL is one of several PARTITION BY expressions", at: place,
            expected: "PARTITION BY NULL alone", hint: "remove NULL")
    }

    private func checkKeys(
        _ selected: SelectedColumns, _ keys: [Key], _ query: Query
    ) throws(Diagnostic) {
        let place = statement.location(of: query.select.first?.span ?? query.span)
        for (index, key) in keys.enumerated() where selected.name(ofKey: index) == nil {
            let text = key.syntax.map { statement.fragment($0.span) } ?? input.columns[index].name
            throw Diagnostic(
                .invalidStatement, "the key is missing from the SELECT list", at: place,
                expected: key.syntax == nil
                    ? "the key column \(text)" : "the PARTITION BY expression \(text)",
                hint: "add it to the SELECT list")
        }
    }
}
