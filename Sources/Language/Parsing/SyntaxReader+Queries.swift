import Diagnostics

/// SELECT and its clauses.
extension SyntaxReader {
    mutating func query() throws(Diagnostic) -> Query {
        let start = position
        try expect(.select)
        var query = Query(select: try selectList(), from: try fromClause())
        place = "the FROM clause"
        while let join = try join() { query.joins.append(join) }
        if accept(.window) { query.window = try window() }
        if accept(.where) {
            place = "the WHERE clause"
            query.condition = try expression()
        }
        query.deduplication = try deduplication()
        if try accept(all: .group, .by) { query.groupBy = try grouping("the GROUP BY clause") }
        if try accept(all: .partition, .by) { query.partitionBy = try grouping("the PARTITION BY clause") }
        if accept(.having) {
            place = "the HAVING clause"
            query.having = try expression()
        }
        if try accept(all: .order, .by) { query.orderBy = try sortKeys() }
        if accept(.emit) { query.emission = try emission() }
        if accept(.limit) {
            place = "the LIMIT clause"
            query.limit = try count()
        }
        try refuseMisplacedClause()
        query.span = span(from: start)
        return query
    }

    private mutating func selectList() throws(Diagnostic) -> [SelectItem] {
        place = "the SELECT list"
        if token.keyword == .distinct {
            note("an expression")
            throw unexpected(
                hint: "GROUP BY the columns, or keep the first row of a key with "
                    + "DEDUPLICATE BY key WITHIN 1 HOUR")
        }
        var items: [SelectItem] = []
        repeat { items.append(try selectItem()) } while accept(.comma)
        return items
    }

    private mutating func selectItem() throws(Diagnostic) -> SelectItem {
        let start = position
        if token.symbol == .star {
            advance()
            return SelectItem(.allColumns(of: nil), span: span(from: start))
        }
        if token.isName, peek().symbol == .dot, peek(2).symbol == .star {
            let source = takeName()
            advance()
            advance()
            return SelectItem(.allColumns(of: source), span: span(from: start))
        }
        let expression = try expression()
        if token.symbol == .arrow, peek().symbol == .star {
            advance()
            advance()
            return SelectItem(.allFields(of: expression), span: span(from: start))
        }
        let alias = try alias()
        return SelectItem(.expression(expression, alias: alias), span: span(from: start))
    }

    /// `AS name` or a name alone.
    private mutating func alias() throws(Diagnostic) -> Identifier? {
        if accept(.as) { return try name() }
        guard token.isName, !(token.keyword?.beginsClause ?? false) else { return nil }
        let looked = expectations
        bareAliasPosition = position
        let name = takeName()
        // What could have stood in place of the alias may still be what was meant by it.
        expectations = looked
        return name
    }

    private mutating func fromClause() throws(Diagnostic) -> SourceReference {
        try expect(.from)
        place = "the FROM clause"
        return try sourceReference()
    }

    private mutating func sourceReference() throws(Diagnostic) -> SourceReference {
        if token.symbol == .leftParenthesis {
            note("a stream or table")
            throw unexpected(
                hint: "subqueries are not part of the language: name the inner query with "
                    + "CREATE STREAM … AS SELECT and read from that")
        }
        guard token.isName else {
            note("a name")
            throw unexpected(hint: token.kind == .end ? "name the stream or table to read" : nil)
        }
        let name = takeName()
        return SourceReference(name: name, alias: try alias())
    }

    // MARK: Joins

    private mutating func join() throws(Diagnostic) -> Join? {
        let start = position
        guard let kind = try joinKind() else { return nil }
        place = "the JOIN"
        let source = try sourceReference()
        let within = try joinWindow()
        try expect(.on, hint: token.keyword == .using ? "write the condition: ON A.ID = B.ID" : nil)
        let condition = try expression()
        place = "the FROM clause"
        return Join(
            kind: kind, source: source, within: within, on: condition, span: span(from: start))
    }

    private mutating func joinKind() throws(Diagnostic) -> Join.Kind? {
        if accept(.join) { return .inner }
        let kind: Join.Kind
        if accept(.inner, as: "JOIN") {
            kind = .inner
        } else if accept(.left, as: "JOIN") {
            kind = .left
        } else if accept(.right, as: "JOIN") {
            kind = .right
        } else if accept(.full, as: "JOIN") {
            kind = .full
        } else if accept(.outer, as: "JOIN") {
            try expect(.join)
            return .full
        } else {
            if token.symbol == .comma || token.keyword == .cross {
                throw unexpected(hint: "join with a condition: FROM A JOIN B WITHIN 1 HOUR ON A.ID = B.ID")
            }
            return nil
        }
        if kind != .inner { _ = accept(.outer) }
        try expect(.join)
        return kind
    }

    private mutating func joinWindow() throws(Diagnostic) -> Join.Within? {
        let start = position
        guard accept(.within) else { return nil }
        let before: TimeSpan
        let after: TimeSpan
        if accept(.leftParenthesis) {
            before = try timeSpan()
            try expect(.comma, hint: "the parentheses hold the time before and the time after")
            after = try timeSpan()
            try expect(.rightParenthesis)
        } else {
            before = try timeSpan()
            after = before
        }
        let grace = try accept(all: .grace, .period) ? timeSpan() : nil
        return Join.Within(before: before, after: after, grace: grace, span: span(from: start))
    }

    // MARK: Grouping

    private mutating func deduplication() throws(Diagnostic) -> Deduplication? {
        let start = position
        guard try accept(all: .deduplicate, .by) else { return nil }
        place = "the DEDUPLICATE BY clause"
        var keys: [Expression] = []
        repeat { keys.append(try expression(BindingPower.value)) } while accept(.comma)
        try expect(
            .within, hint: "say how long a key is remembered: DEDUPLICATE BY EVENT_ID WITHIN 10 MINUTES")
        let within = try timeSpan()
        return Deduplication(by: keys, within: within, span: span(from: start))
    }

    /// `a, b` or `(a, b)`.
    private mutating func grouping(_ clause: String) throws(Diagnostic) -> Grouping {
        place = clause
        let start = position
        var expressions: [Expression] = []
        let isParenthesized = parenthesesHoldList()
        if isParenthesized { advance() }
        if !isParenthesized || token.symbol != .rightParenthesis {
            repeat {
                if parenthesesHoldList() {
                    note("an expression")
                    throw unexpected(
                        hint: "parentheses go around the whole list or none of it: A, B, C or (A, B, C)")
                }
                expressions.append(try expression(BindingPower.value))
            } while accept(.comma)
        }
        if isParenthesized { try expect(.rightParenthesis) }
        let isComparison = token.symbol.flatMap(ComparisonOperator.init) != nil
        if isComparison || token.keyword == .and || token.keyword == .or {
            note("','")
            throw unexpected(hint: "separate expressions with commas; a condition stands in parentheses")
        }
        return Grouping(expressions, span: span(from: start))
    }

    /// Whether an opening parenthesis follows that encloses nothing or a list rather than one expression.
    private func parenthesesHoldList() -> Bool {
        guard token.symbol == .leftParenthesis else { return false }
        if peek().symbol == .rightParenthesis { return true }
        var depth = 0
        var ahead = 0
        while peek(ahead).kind != .end {
            switch peek(ahead).symbol {
            case .leftParenthesis, .leftBracket: depth += 1
            case .rightParenthesis, .rightBracket: depth -= 1
            case .comma where depth == 1: return true
            default: break
            }
            if depth == 0 { return false }
            ahead += 1
        }
        return false
    }

    private mutating func sortKeys() throws(Diagnostic) -> [SortKey] {
        place = "the ORDER BY clause"
        var keys: [SortKey] = []
        repeat {
            let expression = try expression(BindingPower.value)
            let isDescending = accept(.desc)
            if !isDescending { _ = accept(.asc) }
            keys.append(SortKey(expression, isDescending: isDescending))
        } while accept(.comma)
        return keys
    }

    private mutating func emission() throws(Diagnostic) -> Query.Emission {
        place = "the EMIT clause"
        if accept(.changes) { return .changes }
        let hint = "EMIT CHANGES gives each change at once, EMIT FINAL a window's result when it closes"
        try expect(.final, hint: token.kind == .end ? hint : nil)
        return .final
    }

    /// Clauses have one order; a clause that comes too late gets told where it belongs.
    private mutating func refuseMisplacedClause() throws(Diagnostic) {
        let order =
            "the order is FROM, WINDOW, WHERE, DEDUPLICATE BY, GROUP BY, PARTITION BY, HAVING, "
            + "ORDER BY, EMIT, LIMIT"
        switch token.keyword {
        case .where, .window, .group, .having, .limit, .join, .inner, .left, .full, .right:
            break
        case .emit:
            guard peek().keyword == .changes || peek().keyword == .final else { return }
        case .partition, .order, .deduplicate:
            guard peek().keyword == .by else { return }
        case .union:
            throw unexpected(hint: "let two INSERT INTO … SELECT write into one stream")
        default:
            return
        }
        throw refused(
            "the clause \(token.shown) stands too late, or twice", at: token.span,
            expected: "each clause once, in their order", hint: order)
    }
}
