import Diagnostics
import Expressions
import Language

/// The SELECT list of a query without GROUP BY.
struct ProjectionAnalyzer {
    typealias Typed = Expressions.Expression

    let input: QueryInput
    let translator: ExpressionTranslator
    let settings: Settings

    private var statement: Statement { translator.statement }
    private var scope: Scope { input.scope }

    /// A part of the output's key: a PARTITION BY expression, or a part of the input's key.
    private struct Key {
        let syntax: Language.Expression?
        /// What in the SELECT list stands for it.
        let typed: Typed
        /// What it is made of.
        let value: Typed
    }

    func select(_ query: Query) throws(Diagnostic) -> SelectedColumns {
        var selected = SelectedColumns()
        let keys = try keys(query)
        var names = ColumnNames(scope: scope)
        for item in query.select {
            switch item.kind {
            case .allColumns(let qualifier):
                try appendAll(try scope.named(qualifier, in: statement), query, keys, item, &names, &selected)
            case .allFields(let structure):
                for field in try translator.fields(of: structure, in: item) {
                    try selected.append(
                        field.name, field.value, key: nil, span: item.span, in: statement)
                }
            case .expression(let syntax, let alias):
                let typed = try translator.translate(syntax)
                try append(alias?.text ?? names.name(of: syntax), typed, keys, item, &selected)
            }
        }
        // ksqlDB's other planner: what is selected of the key is the key, in the list's order.
        if query.partitionBy == nil, settings[.keysInListOrder]?.lowercased() == "true" {
            return selected.withKeysInListOrder
        }
        try checkKeys(selected, keys, query)
        return selected
    }

    private func append(
        _ name: String, _ typed: Typed, _ keys: [Key], _ item: SelectItem, _ selected: inout SelectedColumns
    ) throws(Diagnostic) {
        let key = keys.firstIndex { $0.typed == typed }
        let value = key.map { keys[$0].value } ?? typed
        try selected.append(name, value, key: key, span: item.span, in: statement)
    }

    /// `*`: the new key, then the values, then what was the key before.
    private func appendAll(
        _ sources: [Scope.Source], _ query: Query, _ keys: [Key], _ item: SelectItem,
        _ names: inout ColumnNames, _ selected: inout SelectedColumns
    ) throws(Diagnostic) {
        guard query.partitionBy != nil else {
            if let synthetic = scope.syntheticKey, sources.count == scope.sources.count {
                try append(synthetic.name, synthetic.column, keys, item, &selected)
            }
            for source in sources {
                // Each side of a join has windows of its own, beside those of the joined row.
                for column in scope.isJoin ? AnswerAnalyzer.all(source) : source.columns {
                    try append(
                        scope.resultName(column, of: source), column.column, keys, item, &selected)
                }
            }
            return
        }
        for (index, key) in keys.enumerated() where selected.name(ofKey: index) == nil {
            guard let syntax = key.syntax else { continue }
            let isPseudoColumn = TimeLiterals.isPseudoColumn(syntax)
            var name = names.name(of: isPseudoColumn ? nil : syntax)
            for source in scope.sources where scope.isJoin {
                guard let column = source.columns.first(where: { $0.column == key.typed }) else { continue }
                name = scope.resultName(column, of: source)
            }
            try append(name, key.typed, keys, item, &selected)
        }
        for source in sources {
            var columns = Array(source.columns[source.keyCount...])
            // As ksqlDB has it: with a new key the joined record's pseudo-columns show.
            if scope.isJoin {
                let shown = [PseudoColumn.rowTime, .rowPartition, .rowOffset].map(\.name)
                columns += source.pseudoColumns.filter { shown.contains($0.name) }
            }
            for column in columns + source.columns[..<source.keyCount] {
                if keys.contains(where: { $0.typed == column.column }) { continue }
                try append(scope.resultName(column, of: source), column.column, keys, item, &selected)
            }
        }
    }

    private func keys(_ query: Query) throws(Diagnostic) -> [Key] {
        guard let partition = query.partitionBy else { return try inheritedKeys(query) }
        let place = statement.location(of: partition.span)
        if input.relation.kind == .table {
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
            let typed = try translator.translate(syntax)
            keys.append(Key(syntax: syntax, typed: typed, value: typed))
        }
        guard keys.contains(where: \.typed.isUntypedNull) else { return keys }
        if keys.count == 1 { return [] }
        throw Diagnostic(
            .invalidStatement, "NULL is one of several PARTITION BY expressions", at: place,
            expected: "PARTITION BY NULL alone", hint: "remove NULL")
    }

    /// The input's key. Several columns may stand for the key of a join; the first that is selected does.
    private func inheritedKeys(_ query: Query) throws(Diagnostic) -> [Key] {
        let listed = scope.isJoin ? try listed(query) : []
        return input.keys.enumerated().map { index, columns in
            let chosen = columns.first { listed.contains($0.column) } ?? columns.first
            let own = Typed.column(index, input.relation.columns[index].type)
            return Key(syntax: nil, typed: chosen?.column ?? own, value: own)
        }
    }

    /// The columns that the SELECT list names as they are.
    private func listed(_ query: Query) throws(Diagnostic) -> Set<Typed> {
        var listed: Set<Typed> = []
        for item in query.select {
            switch item.kind {
            case .allColumns(let qualifier):
                let sources = try scope.named(qualifier, in: statement)
                listed.formUnion(sources.flatMap { $0.columns.map(\.column) })
            case .allFields: break
            case .expression(let syntax, _):
                // Only columns stand for a key, and what makes rows must not be translated twice.
                guard case .column = syntax.kind else { continue }
                listed.insert(try translator.translate(syntax))
            }
        }
        return listed
    }

    private func checkKeys(
        _ selected: SelectedColumns, _ keys: [Key], _ query: Query
    ) throws(Diagnostic) {
        let place = statement.location(of: query.select.first?.span ?? query.span)
        for (index, key) in keys.enumerated() where selected.name(ofKey: index) == nil {
            var expected =
                "the PARTITION BY expression \(key.syntax.map { statement.fragment($0.span) } ?? "")"
            if key.syntax == nil {
                let names = input.keyNames[index]
                let others = names.dropLast().joined(separator: ", ")
                expected = "the key column " + (others.isEmpty ? "" : others + " or ") + (names.last ?? "")
            }
            throw Diagnostic(
                .invalidStatement, "the key is missing from the SELECT list", at: place,
                expected: expected, hint: "add it to the SELECT list")
        }
    }
}
