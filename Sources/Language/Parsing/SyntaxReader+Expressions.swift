import Diagnostics

/// Expressions: operators by binding power.
extension SyntaxReader {
    /// An expression whose operators outside parentheses bind at least as tightly as `minimum`.
    mutating func expression(_ minimum: Int = BindingPower.none) throws(Diagnostic) -> Expression {
        try enter()
        defer { leave() }
        let start = position
        var left = try prefixed(minimum)
        var hasPredicate = false
        while let next = try operation(on: left, from: start, minimum, hasPredicate: &hasPredicate) {
            left = next
        }
        return left
    }

    /// A node from the token `start` to the last one taken.
    ///
    /// Mutating only so that it sees what its arguments took: they are often read within the call, and
    /// a method that does not mutate gets the reader as it was before them.
    mutating func node(_ kind: Expression.Kind, from start: Int) throws(Diagnostic) -> Expression {
        let result = Expression(kind, span: span(from: start))
        guard result.height <= Expression.heightLimit else {
            throw Diagnostic(
                .nestingLimit, "the expression has more than \(Expression.heightLimit) levels",
                at: source.location(of: tokens[start].span),
                hint: "a long chain of OR can be x IN (…); split others over several streams")
        }
        return result
    }

    private mutating func prefixed(_ minimum: Int) throws(Diagnostic) -> Expression {
        let start = position
        if token.keyword == .not {
            guard minimum <= BindingPower.not else {
                note("a value")
                throw unexpected(hint: "put the condition in parentheses: (NOT …)")
            }
            advance()
            return try node(.not(expression(BindingPower.not)), from: start)
        }
        if token.symbol == .minus || token.symbol == .plus {
            let sign = UnaryOperator(rawValue: advance().text) ?? .plus
            if sign == .minus, let literal = try number(negative: true) {
                return try postfixed(node(literal, from: start), from: start)
            }
            return try node(.unary(sign, expression(BindingPower.sign)), from: start)
        }
        return try postfixed(primary(), from: start)
    }

    /// `left` with the operator that follows it, or `nil` when none follows that binds tightly enough.
    private mutating func operation(
        on left: Expression, from start: Int, _ minimum: Int, hasPredicate: inout Bool
    ) throws(Diagnostic) -> Expression? {
        if let symbol = token.symbol {
            if let binary = BinaryOperator(symbol) {
                let power = binary.bindingPower
                guard power >= minimum else { return nil }
                advance()
                return try node(.binary(binary, left, expression(power + 1)), from: start)
            }
            guard let comparison = ComparisonOperator(symbol), BindingPower.predicate >= minimum else {
                return nil
            }
            try admitPredicate(&hasPredicate)
            advance()
            return try node(.comparison(comparison, left, expression(BindingPower.value)), from: start)
        }
        switch token.keyword {
        case .or where BindingPower.or >= minimum:
            advance()
            return try node(.logical(.or, left, expression(BindingPower.or + 1)), from: start)
        case .and where BindingPower.and >= minimum:
            advance()
            return try node(.logical(.and, left, expression(BindingPower.and + 1)), from: start)
        case .is, .between, .in, .like:
            guard BindingPower.predicate >= minimum else { return nil }
            try admitPredicate(&hasPredicate)
            return try predicate(on: left, negated: false, from: start)
        case .not:
            guard BindingPower.predicate >= minimum else { return nil }
            switch peek().keyword {
            case .between, .in, .like: break
            default: return nil
            }
            try admitPredicate(&hasPredicate)
            advance()
            return try predicate(on: left, negated: true, from: start)
        default:
            return nil
        }
    }

    private func admitPredicate(_ hasPredicate: inout Bool) throws(Diagnostic) {
        guard !hasPredicate else {
            throw refused(
                "a comparison cannot be compared again without parentheses", at: token.span,
                hint: "join comparisons with AND, or put the first in parentheses")
        }
        hasPredicate = true
    }

    private mutating func predicate(
        on left: Expression, negated: Bool, from start: Int
    ) throws(Diagnostic) -> Expression {
        switch advance().keyword {
        case .between:
            let lower = try expression(BindingPower.value)
            try expect(.and, hint: "a range is written BETWEEN lower AND upper")
            let upper = try expression(BindingPower.value)
            return try node(.between(left, lower: lower, upper: upper, negated: negated), from: start)
        case .in:
            return try node(.inList(left, inList(), negated: negated), from: start)
        case .like:
            let pattern = try expression(BindingPower.value)
            let escape = try accept(.escape) ? escapeCharacter() : nil
            return try node(.like(left, pattern: pattern, escape: escape, negated: negated), from: start)
        default:
            return try isPredicate(on: left, from: start)
        }
    }

    private mutating func isPredicate(
        on left: Expression, from start: Int
    ) throws(Diagnostic) -> Expression {
        let negated = accept(.not)
        if accept(.distinct) {
            try expect(.from)
            let right = try expression(BindingPower.value)
            return try node(
                .comparison(negated ? .notDistinctFrom : .distinctFrom, left, right), from: start)
        }
        try expect(.null, hint: "a truth value is compared with =: X = TRUE")
        return try node(.isNull(left, negated: negated), from: start)
    }

    private mutating func inList() throws(Diagnostic) -> [Expression] {
        try expect(.leftParenthesis, hint: "the values stand in parentheses: IN (1, 2, 3)")
        if token.keyword == .select {
            note("a value")
            throw unexpected(hint: "subqueries are not part of the language: join with the table instead")
        }
        if token.symbol == .rightParenthesis {
            note("a value")
            throw unexpected(hint: "IN needs at least one value")
        }
        var values: [Expression] = []
        repeat { values.append(try expression()) } while accept(.comma)
        try expect(.rightParenthesis)
        return values
    }

    private mutating func escapeCharacter() throws(Diagnostic) -> String {
        let escape = try string()
        guard escape.text.count == 1 else {
            throw refused(
                "an escape is one character, not \(escape.shown)", at: escape.span,
                expected: "one character in single quotes", hint: "such as ESCAPE '!'")
        }
        return escape.text
    }

    /// `operand[index]` and `operand->field`, any number of them.
    private mutating func postfixed(
        _ operand: Expression, from start: Int
    ) throws(Diagnostic) -> Expression {
        var result = operand
        while true {
            if token.symbol == .leftBracket {
                advance()
                let index = try expression()
                try expect(.rightBracket)
                result = try node(.element(of: result, index: index), from: start)
            } else if token.symbol == .arrow, peek().symbol != .star {
                advance()
                result = try node(.field(of: result, name: name()), from: start)
            } else {
                return result
            }
        }
    }
}
