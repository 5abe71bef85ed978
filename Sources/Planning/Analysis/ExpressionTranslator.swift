import Columnar
import Diagnostics
import Expressions
import Language

/// Gives the syntax of an expression its types and columns.
///
/// `replace` is asked first for each node: so an aggregation puts its keys and results where their syntax
/// stands.
struct ExpressionTranslator {
    typealias Syntax = Language.Expression
    typealias Typed = Expressions.Expression

    let scope: Scope
    let types: TypeTranslator
    var replace: (Syntax) throws -> Typed? = { _ in nil }
    /// The parameters of the lambdas around, the innermost last.
    var parameters = LambdaParameters()

    var statement: Statement { types.statement }

    func translate(_ syntax: Syntax) throws(Diagnostic) -> Typed {
        do {
            return try typed(syntax)
        } catch let diagnostic as Diagnostic {
            throw diagnostic
        } catch {
            throw Diagnostic(
                .internalError, "\(error)", at: statement.location(of: syntax.span))
        }
    }

    /// The fields of a structure, as `structure->*` in a SELECT list gives them.
    func fields(
        of structure: Syntax, in item: SelectItem
    ) throws(Diagnostic) -> [(name: String, value: Typed)] {
        let typed = try translate(structure)
        guard case .structure(let fields) = typed.type else {
            throw Diagnostic(
                .typeMismatch, "->* needs a STRUCT, and this is \(typed.type.sql)",
                at: statement.location(of: item.span), expected: "STRUCT")
        }
        return fields.enumerated().map { ($1.name, .member(typed, $0, $1.type)) }
    }

    /// A condition: BOOLEAN, or an error.
    func condition(_ syntax: Syntax, clause: String) throws(Diagnostic) -> Typed {
        let typed = try translate(syntax)
        guard typed.type == .boolean else {
            throw Diagnostic(
                .typeMismatch, "\(clause) needs a condition, and this is \(typed.type.sql)",
                at: statement.location(of: syntax.span), expected: "BOOLEAN",
                hint: "compare it with something")
        }
        return typed
    }

    private func typed(_ syntax: Syntax) throws -> Typed {
        if let parameter = parameters.typed(syntax) { return parameter }
        if !parameters.occur(in: syntax), let replacement = try replace(syntax) { return replacement }
        do {
            return try operators(syntax)
        } catch let error as TypeError {
            throw Diagnostic(
                error.code, error.message, at: statement.location(of: syntax.span),
                expected: error.expected.isEmpty ? nil : error.expected, hint: error.hint)
        }
    }

    /// An operand of a comparison: a text beside a pseudo-column that holds a time stands for a time.
    private func typed(_ syntax: Syntax, beside other: Syntax) throws -> Typed {
        if case .string(let text) = syntax.kind, TimeLiterals.isTime(other) {
            guard let time = TimeLiterals.milliseconds(text) else {
                throw Diagnostic(
                    .invalidValue, "'\(text)' is no time", at: statement.location(of: syntax.span),
                    expected: "a time such as '2018-01-01T00:00:00.000Z', or milliseconds")
            }
            return .literal(.bigint(time), .bigint)
        }
        return try typed(syntax)
    }

    private func typed(_ list: [Syntax]) throws -> [Typed] { try list.map { try typed($0) } }

    private func operators(_ syntax: Syntax) throws -> Typed {
        switch syntax.kind {
        case .column(let qualifier, let name):
            return try scope.resolve(qualifier: qualifier, name: name, in: statement)
        case .field(let operand, let name): return try .makeMember(try typed(operand), name.text)
        case .element(let operand, let index):
            return try .makeElement(try typed(operand), try typed(index))
        case .unary(.plus, let operand): return try typed(operand)
        case .unary(.minus, let operand): return try .makeNegation(try typed(operand))
        case .binary(.concatenate, let left, let right):
            return try ScalarFunctions.call("CONCAT", [try typed(left), try typed(right)])
        case .binary(let op, let left, let right):
            guard let arithmetic = ArithmeticOperator(rawValue: op.rawValue) else {
                preconditionFailure("every operator but || is arithmetic")
            }
            return try .makeArithmetic(arithmetic, try typed(left), try typed(right))
        case .comparison(let op, let left, let right):
            return try comparison(op, try typed(left, beside: right), try typed(right, beside: left))
        case .logical(.and, let left, let right): return try .makeAnd([try typed(left), try typed(right)])
        case .logical(.or, let left, let right): return try .makeOr([try typed(left), try typed(right)])
        case .not(let operand): return try .makeNot(try typed(operand))
        case .isNull(let operand, let negated): return .makeIsNull(try typed(operand), negated: negated)
        case .between(let operand, let lower, let upper, let negated):
            return try .makeBetween(
                try typed(operand), try typed(lower, beside: operand), try typed(upper, beside: operand),
                negated: negated)
        case .inList(let operand, let list, let negated):
            return try .makeAmong(try typed(operand), try typed(list), negated: negated)
        case .like(let operand, let pattern, let escape, let negated):
            return try .makeLike(
                try typed(operand), pattern: try typed(pattern), escape: escape?.unicodeScalars.first,
                negated: negated)
        case .cast(let operand, let type): return try .makeCast(try typed(operand), to: types.type(type))
        case .choice, .call, .array, .map, .structure: return try constructed(syntax)
        default: return try constant(syntax)
        }
    }

    private func comparison(
        _ op: Language.ComparisonOperator, _ left: Typed, _ right: Typed
    ) throws -> Typed {
        switch op {
        case .distinctFrom: return try .makeDistinct(left, from: right)
        case .notDistinctFrom: return try .makeDistinct(left, from: right, negated: true)
        default:
            guard let ordinary = Expressions.ComparisonOperator(rawValue: op.rawValue) else {
                preconditionFailure("every other comparison is ordinary")
            }
            return try .makeComparison(ordinary, left, right)
        }
    }

    private func constructed(_ syntax: Syntax) throws -> Typed {
        switch syntax.kind {
        case .choice(let operand, let branches, let otherwise):
            let last = try otherwise.map { try typed($0) }
            if let operand {
                let cases = try branches.map {
                    (value: try typed($0.condition), result: try typed($0.result))
                }
                return try .makeConditional(try typed(operand), cases, otherwise: last)
            }
            let cases = try branches.map {
                (condition: try typed($0.condition), result: try typed($0.result))
            }
            return try .makeConditional(cases, otherwise: last)
        case .call(let name, let arguments): return try call(name, arguments, at: syntax)
        case .array(let elements): return try .makeArray(try typed(elements))
        case .map(let entries):
            return try .makeMap(try entries.map { (key: try typed($0.key), value: try typed($0.value)) })
        case .structure(let fields):
            return try .makeStructure(
                try fields.map { (name: $0.name.text, value: try typed($0.value)) })
        default: return try constant(syntax)
        }
    }

    private func constant(_ syntax: Syntax) throws -> Typed {
        switch syntax.kind {
        case .null: return .null
        case .boolean(let value): return .makeBoolean(value)
        case .integer(let value): return .literal(.integer(value), .integer)
        case .bigint(let value): return .literal(.bigint(value), .bigint)
        case .double(let value): return .literal(.double(value), .double)
        case .string(let text): return .makeString(text)
        case .timeUnit(let unit): return .makeString(unit.rawValue)
        case .decimal(let text):
            if text.hasPrefix("-") { return try .makeNegation(try .makeNumber(String(text.dropFirst()))) }
            return try .makeNumber(text)
        case .over(let name, _, _, _):
            throw Diagnostic(
                .invalidStatement, "\(name.text.uppercased()) … OVER can't stand here",
                at: statement.location(of: syntax.span),
                hint: "it stands in the SELECT list of a stream's query without GROUP BY, in no other OVER")
        default:
            throw Diagnostic(
                .unsupported, "this can't stand here", at: statement.location(of: syntax.span),
                expected: "a column, a literal or a function of them")
        }
    }

    private func call(_ name: Identifier, _ arguments: [Syntax], at syntax: Syntax) throws -> Typed {
        if AggregateFunctions.isAggregate(name.text) {
            throw Diagnostic(
                .invalidStatement, "the aggregate function \(name.text.uppercased()) can't stand here",
                at: statement.location(of: syntax.span),
                hint: "aggregates stand in the SELECT list and in HAVING of a query with GROUP BY")
        }
        let known = name.text.uppercased()
        if TableFunctionAnalyzer.isTableFunction(known) {
            throw Diagnostic(
                .invalidStatement, "\(known) makes rows, and can't stand here",
                at: statement.location(of: syntax.span),
                hint: "it stands in the SELECT list of a stream's query without GROUP BY")
        }
        guard ScalarFunctions.contains(known) else {
            throw Diagnostic(
                .unknownFunction, "there is no function \(known)", at: statement.location(of: name.span),
                hint: ScalarFunctions.hint(for: known, others: AggregateFunctions.names))
        }
        if let iteration = Iteration.Kind(rawValue: known) { return try self.iteration(iteration, arguments) }
        if arguments.contains(where: { if case .allColumns = $0.kind { true } else { false } }) {
            throw Diagnostic(
                .invalidArgument, "the function \(known) does not accept parameters (*)",
                at: statement.location(of: syntax.span),
                expected: ScalarFunctions.signatures(of: known).joined(separator: " or "),
                hint: "name the columns; * stands in COUNT(*) alone")
        }
        for argument in arguments {
            guard case .lambda = argument.kind else { continue }
            throw Diagnostic(
                .invalidArgument, "the function \(known) does not accept parameters (LAMBDA)",
                at: statement.location(of: argument.span),
                expected: ScalarFunctions.signatures(of: known).joined(separator: " or "),
                hint: "TRANSFORM, FILTER and REDUCE take lambdas")
        }
        return try ScalarFunctions.call(known, try typed(arguments))
    }

    /// TRANSFORM, FILTER or REDUCE: the collection is typed first, for it gives the parameters types.
    private func iteration(_ kind: Iteration.Kind, _ arguments: [Syntax]) throws -> Typed {
        let given = try arguments.map { argument -> Typed.IterationArgument in
            guard case .lambda(let names, _) = argument.kind else { return .value(try typed(argument)) }
            if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
                throw Diagnostic(
                    .duplicateColumn, "the lambda has two parameters \(names[twice].text)",
                    at: statement.location(of: names[twice].span))
            }
            return .lambda(parameters: names.count)
        }
        return try .makeIteration(kind, given, depth: parameters.count) { index, typed in
            guard case .lambda(let names, let body) = arguments[index].kind else {
                preconditionFailure("only lambdas have bodies")
            }
            var inner = self
            inner.parameters.push(names, typed)
            return try inner.typed(body)
        }
    }
}
