import Diagnostics

/// Literals, columns, calls and everything else that operators stand between.
extension SyntaxReader {
    mutating func primary() throws(Diagnostic) -> Expression {
        let start = position
        if let literal = try number(negative: false) { return try node(literal, from: start) }
        switch token.kind {
        case .string:
            return try node(.string(advance().text), from: start)
        case .symbol(.leftParenthesis):
            return try parenthesized()
        case .word, .quotedName:
            if let literal = wordLiteral() { return try node(literal, from: start) }
            if token.keyword == .case { return try choice() }
            if token.keyword == .cast { return try cast() }
            if let constructor = try constructor() { return constructor }
            if token.isName { return try reference() }
        default:
            break
        }
        note("an expression")
        throw unexpected(hint: expressionHint())
    }

    private func expressionHint() -> String? {
        let before = position > 0 ? tokens[position - 1] : nil
        if token.keyword == .select {
            return "subqueries are not part of the language: name the inner query with "
                + "CREATE STREAM … AS SELECT and read from that"
        }
        if let symbol = before?.symbol, BinaryOperator(symbol) != nil || ComparisonOperator(symbol) != nil {
            return "a value is missing behind '\(symbol.rawValue)'"
        }
        if before?.symbol == .comma { return reservedWordHint() }
        if token.symbol == .star { return "* stands alone in a SELECT list or in COUNT(*)" }
        return reservedWordHint()
    }

    /// `nil` for FROM and the like in front of what they begin.
    private func reservedWordHint() -> String? {
        guard let keyword = token.keyword, keyword.isReserved else { return nil }
        if peek().isName || peek().keyword == .by { return nil }
        return "\(keyword.rawValue) is a reserved word: a column of that name stands in backquotes, "
            + "`\(keyword.rawValue)`"
    }

    /// A number literal with the sign that was read before it; `nil` if there is no number.
    mutating func number(negative: Bool) throws(Diagnostic) -> Expression.Kind? {
        let text = negative ? "-" + token.text : token.text
        let result: Expression.Kind
        switch token.kind {
        case .integer:
            if let value = Int32(text) {
                result = .integer(value)
            } else if let value = Int64(text) {
                result = .bigint(value)
            } else {
                throw tooLarge(token)
            }
        case .decimal:
            result = .decimal(text)
        case .double:
            guard let value = Double(text), value.isFinite else {
                throw refused(
                    "the number \(token.text) does not fit a DOUBLE", at: token.span,
                    expected: "at most 1.7976931348623157e308", hint: "take a smaller exponent")
            }
            result = .double(value)
        default:
            return nil
        }
        advance()
        return result
    }

    private mutating func wordLiteral() -> Expression.Kind? {
        let literal: Expression.Kind
        switch token.keyword {
        case .null: literal = .null
        case .true: literal = .boolean(true)
        case .false: literal = .boolean(false)
        default: return nil
        }
        advance()
        return literal
    }

    private mutating func parenthesized() throws(Diagnostic) -> Expression {
        advance()
        let inner = try expression()
        if token.symbol == .comma {
            note("')'")
            throw unexpected(hint: "a list of values stands in ARRAY[…] or after IN")
        }
        try expect(.rightParenthesis)
        return inner
    }

    private mutating func choice() throws(Diagnostic) -> Expression {
        let start = position
        advance()
        let operand = token.keyword == .when ? nil : try expression()
        var branches: [Expression.Branch] = []
        while branches.isEmpty || token.keyword == .when {
            try expect(.when, hint: "CASE WHEN condition THEN result … ELSE result END")
            let condition = try expression()
            try expect(.then)
            branches.append(Expression.Branch(when: condition, then: try expression()))
        }
        note("WHEN", .when)
        let otherwise = try accept(.else) ? expression() : nil
        try expect(.end, hint: token.keyword == .then ? nil : "a CASE is closed by END")
        return try node(.choice(operand: operand, branches: branches, otherwise: otherwise), from: start)
    }

    private mutating func cast() throws(Diagnostic) -> Expression {
        let start = position
        advance()
        try expect(.leftParenthesis)
        let operand = try expression()
        try expect(.as, hint: "a cast is written CAST(value AS type)")
        let type = try type()
        try expect(.rightParenthesis)
        return try node(.cast(operand, to: type), from: start)
    }

    /// `ARRAY[…]`, `MAP(…)` or `STRUCT(…)`; `nil` when the word is something else.
    private mutating func constructor() throws(Diagnostic) -> Expression? {
        let start = position
        switch (token.keyword, peek().symbol) {
        case (.array, .leftBracket):
            advance()
            advance()
            var elements: [Expression] = []
            if token.symbol != .rightBracket {
                repeat { elements.append(try expression()) } while accept(.comma)
            }
            try expect(.rightBracket)
            return try node(.array(elements), from: start)
        case (.map, .leftParenthesis):
            let hint = "a MAP is written MAP('key' := value, …)"
            let entries = try constructorItems { reader throws(Diagnostic) in
                let key = try reader.expression()
                try reader.expect(.assign, hint: hint)
                return Expression.MapEntry(key: key, value: try reader.expression())
            }
            return try node(.map(entries), from: start)
        case (.struct, .leftParenthesis):
            let hint = "a STRUCT is written STRUCT(name := value, …)"
            let fields = try constructorItems { reader throws(Diagnostic) in
                let name = try reader.name(hint: hint)
                try reader.expect(.assign, hint: hint)
                return Expression.StructureField(name: name, value: try reader.expression())
            }
            return try node(.structure(fields), from: start)
        default:
            return nil
        }
    }

    private mutating func constructorItems<Item>(
        _ item: (inout SyntaxReader) throws(Diagnostic) -> Item
    ) throws(Diagnostic) -> [Item] {
        advance()
        advance()
        var items: [Item] = []
        if token.symbol != .rightParenthesis {
            repeat { items.append(try item(&self)) } while accept(.comma)
        }
        try expect(.rightParenthesis)
        return items
    }

    /// A column, `source.column` or a call.
    private mutating func reference() throws(Diagnostic) -> Expression {
        let start = position
        let first = takeName()
        if token.symbol == .leftParenthesis { return try call(first, from: start) }
        guard token.symbol == .dot else {
            return try node(.column(qualifier: nil, name: first), from: start)
        }
        advance()
        let column = try name()
        return try node(.column(qualifier: first, name: column), from: start)
    }

    private mutating func call(_ name: Identifier, from start: Int) throws(Diagnostic) -> Expression {
        advance()
        var arguments: [Expression] = []
        if token.symbol != .rightParenthesis {
            repeat { arguments.append(try argument(of: name, at: arguments.count)) } while accept(.comma)
        }
        try expect(.rightParenthesis)
        if token.keyword == .over { return try over(name, arguments, from: start) }
        return try node(.call(name: name, arguments: arguments), from: start)
    }

    /// `OVER (PARTITION BY … WITHIN …)` behind a call: of LAG, or of an aggregate function.
    private mutating func over(
        _ name: Identifier, _ arguments: [Expression], from start: Int
    ) throws(Diagnostic) -> Expression {
        guard name.text != "LEAD" else {
            expectations.removeAll()
            throw unexpected(
                hint: "a stream has no next row yet: let the later row look back with LAG(…) OVER (…)")
        }
        advance()
        try expect(.leftParenthesis)
        var keys: [Expression] = []
        if try accept(all: .partition, .by) {
            repeat { keys.append(try expression(BindingPower.value)) } while accept(.comma)
        }
        if token.keyword == .order {
            expectations.removeAll()
            throw unexpected(hint: "remove it: the rows before a row are those that came before it")
        }
        let within = accept(.within) ? try timeSpan() : nil
        try expect(.rightParenthesis)
        return try node(
            .over(name: name, arguments: arguments, partitionBy: keys, within: within), from: start)
    }

    private mutating func argument(of function: Identifier, at index: Int) throws(Diagnostic) -> Expression {
        let start = position
        if token.symbol == .star {
            advance()
            return try node(.allColumns(of: nil), from: start)
        }
        if token.isName, peek().symbol == .dot, peek(2).symbol == .star {
            let source = takeName()
            advance()
            advance()
            return try node(.allColumns(of: source), from: start)
        }
        if token.keyword == .distinct {
            note("an argument")
            let other = function.text == "COUNT" ? "COUNT_DISTINCT(…)" : "a query with GROUP BY before it"
            throw unexpected(hint: "DISTINCT is no argument: use \(other)")
        }
        if index == 0, Self.functionsOfUnits.contains(function.text), case .word = token.kind,
            let unit = TimeUnit(word: token.text), peek().symbol == .comma
        {
            advance()
            return try node(.timeUnit(unit), from: start)
        }
        if let parameters = try lambdaParameters() {
            return try node(.lambda(parameters: parameters, body: expression()), from: start)
        }
        return try expression()
    }

    /// The functions whose first argument is a unit of time. Elsewhere DAY or HOURS is a column.
    private static let functionsOfUnits: Set = [
        "TIMESTAMPADD", "TIMESTAMPSUB", "DATEADD", "DATESUB", "TIMEADD", "TIMESUB",
    ]

    /// `x =>` or `(x, y) =>`; `nil`, with nothing taken, when the argument is no lambda.
    private mutating func lambdaParameters() throws(Diagnostic) -> [Identifier]? {
        if token.isName, peek().symbol == .doubleArrow {
            let parameter = takeName()
            advance()
            return [parameter]
        }
        guard token.symbol == .leftParenthesis, isLambdaHead() else { return nil }
        advance()
        var parameters: [Identifier] = []
        repeat { parameters.append(try name()) } while accept(.comma)
        try expect(.rightParenthesis)
        try expect(.doubleArrow)
        return parameters
    }

    /// Whether `(name, name, …) =>` follows.
    private func isLambdaHead() -> Bool {
        var ahead = 1
        while peek(ahead).isName {
            switch peek(ahead + 1).symbol {
            case .comma: ahead += 2
            case .rightParenthesis: return peek(ahead + 2).symbol == .doubleArrow
            default: return false
            }
        }
        return false
    }
}
