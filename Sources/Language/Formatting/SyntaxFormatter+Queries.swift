extension Query: CustomStringConvertible {
    /// The query as it is written in SQL, in one line.
    public var formatted: String {
        var formatter = SyntaxFormatter()
        formatter.write(self)
        return formatter.text
    }

    public var description: String { formatted }
}

extension SyntaxFormatter {
    mutating func write(_ query: Query) {
        write("SELECT ")
        list(query.select) { $0.write($1) }
        write(" FROM ")
        write(query.from)
        for join in query.joins { write(join) }
        if let window = query.window { write(window) }
        if let condition = query.condition {
            write(" WHERE ")
            write(condition)
        }
        if let deduplication = query.deduplication {
            write(" DEDUPLICATE BY ")
            list(deduplication.keys) { $0.write($1, BindingPower.value) }
            write(" WITHIN ")
            write(deduplication.within)
        }
        if let grouping = query.groupBy { write(" GROUP BY ", grouping) }
        if let grouping = query.partitionBy { write(" PARTITION BY ", grouping) }
        if let having = query.having {
            write(" HAVING ")
            write(having)
        }
        if !query.orderBy.isEmpty {
            write(" ORDER BY ")
            list(query.orderBy) { formatter, key in
                formatter.write(key.expression, BindingPower.value)
                if key.isDescending { formatter.write(" DESC") }
            }
        }
        if let emission = query.emission { write(" EMIT \(emission.rawValue)") }
        if let limit = query.limit { write(" LIMIT \(limit)") }
    }

    private mutating func write(_ clause: String, _ grouping: Grouping) {
        write(clause)
        if grouping.expressions.isEmpty { write("()") }
        list(grouping.expressions) { $0.write($1, BindingPower.value) }
    }

    private mutating func write(_ item: SelectItem) {
        switch item.kind {
        case .allColumns(let source):
            write(source.map { $0.formatted + ".*" } ?? "*")
        case .allFields(let structure):
            write(structure, BindingPower.postfix)
            write("->*")
        case .expression(let expression, let alias):
            write(expression)
            if let alias { write(" AS " + alias.formatted) }
        }
    }

    private mutating func write(_ source: SourceReference) {
        write(source.name)
        if let alias = source.alias { write(" AS " + alias.formatted) }
    }

    private mutating func write(_ join: Join) {
        write(" \(join.kind.rawValue) JOIN ")
        write(join.source)
        if let within = join.within {
            write(" WITHIN ")
            if within.before == within.after {
                write(within.before)
            } else {
                write("(")
                write(within.before)
                write(", ")
                write(within.after)
                write(")")
            }
            if let grace = within.grace {
                write(" GRACE PERIOD ")
                write(grace)
            }
        }
        write(" ON ")
        write(join.condition)
    }

    private mutating func write(_ window: Window) {
        switch window.kind {
        case .tumbling(let size):
            write(" WINDOW TUMBLING (SIZE ")
            write(size)
        case .hopping(let size, let advance):
            write(" WINDOW HOPPING (SIZE ")
            write(size)
            write(", ADVANCE BY ")
            write(advance)
        case .session(let gap):
            write(" WINDOW SESSION (")
            write(gap)
        }
        if let retention = window.retention {
            write(", RETENTION ")
            write(retention)
        }
        if let grace = window.grace {
            write(", GRACE PERIOD ")
            write(grace)
        }
        write(")")
    }
}
