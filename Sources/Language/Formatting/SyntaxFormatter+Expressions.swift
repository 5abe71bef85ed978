extension Expression: CustomStringConvertible {
    /// The expression as it is written in SQL, in one line and with only the parentheses it needs.
    ///
    /// Parsed again it gives an equal expression.
    public var formatted: String {
        var formatter = SyntaxFormatter()
        formatter.write(self)
        return formatter.text
    }

    public var description: String { formatted }

    /// How tightly the outermost operator binds.
    fileprivate var bindingPower: Int {
        switch kind {
        case .lambda: BindingPower.none
        case .logical(.or, _, _): BindingPower.or
        case .logical(.and, _, _): BindingPower.and
        case .not: BindingPower.not
        case .comparison, .isNull, .between, .inList, .like: BindingPower.predicate
        case .binary(let sign, _, _): sign.bindingPower
        case .unary: BindingPower.sign
        case .integer, .bigint, .decimal, .double: isNegativeNumber ? BindingPower.sign : BindingPower.primary
        case .field, .element: BindingPower.postfix
        default: BindingPower.primary
        }
    }

    private var isNegativeNumber: Bool {
        switch kind {
        case .integer(let value): value < 0
        case .bigint(let value): value < 0
        case .decimal(let text): text.hasPrefix("-")
        case .double(let value): value.sign == .minus
        default: false
        }
    }

    /// A sign before a number would become part of the number, and two signs a comment.
    fileprivate var needsParenthesesAfterSign: Bool {
        switch kind {
        case .integer, .bigint, .decimal, .double, .unary: true
        case .field(let operand, _), .element(let operand, _): operand.needsParenthesesAfterSign
        default: false
        }
    }
}

extension SyntaxFormatter {
    /// Writes in parentheses what binds less tightly than `minimum`.
    mutating func write(_ expression: Expression, _ minimum: Int = BindingPower.none) {
        let isLoose = expression.bindingPower < minimum
        if isLoose { write("(") }
        switch expression.kind {
        case .null, .boolean, .integer, .bigint, .decimal, .double, .string, .column, .allColumns, .timeUnit:
            writeLeaf(expression.kind)
        case .unary, .binary, .comparison, .logical, .not:
            writeOperation(expression.kind)
        case .isNull, .between, .inList, .like:
            writePredicate(expression.kind)
        default:
            writeConstruct(expression.kind)
        }
        if isLoose { write(")") }
    }

    private mutating func writeLeaf(_ kind: Expression.Kind) {
        switch kind {
        case .boolean(let value): write(value ? "TRUE" : "FALSE")
        case .integer(let value): write(String(value))
        case .bigint(let value): write(String(value))
        case .decimal(let text): write(text)
        case .double(let value):
            // Without an exponent it would be read as a DECIMAL.
            let text = String(value).uppercased()
            write(text.contains("E") ? text : text + "E0")
        case .string(let text): write(quoted: text)
        case .column(let qualifier, let name):
            if let qualifier { write(qualifier.formatted + ".") }
            write(name)
        case .allColumns(let source): write(source.map { $0.formatted + ".*" } ?? "*")
        case .timeUnit(let unit): write(unit.rawValue)
        default: write("NULL")
        }
    }

    private mutating func writeOperation(_ kind: Expression.Kind) {
        switch kind {
        case .unary(let sign, let operand):
            write(sign.rawValue)
            let minimum = operand.needsParenthesesAfterSign ? BindingPower.primary + 1 : BindingPower.sign
            write(operand, minimum)
        case .binary(let sign, let left, let right):
            write(left, sign.bindingPower)
            write(" \(sign.rawValue) ")
            write(right, sign.bindingPower + 1)
        case .comparison(let comparison, let left, let right):
            write(left, BindingPower.value)
            write(" \(comparison.rawValue) ")
            write(right, BindingPower.value)
        case .logical(let connective, let left, let right):
            let power = connective == .or ? BindingPower.or : BindingPower.and
            write(left, power)
            write(" \(connective.rawValue) ")
            write(right, power + 1)
        case .not(let operand):
            write("NOT ")
            write(operand, BindingPower.not)
        default: break
        }
    }

    private mutating func writePredicate(_ kind: Expression.Kind) {
        switch kind {
        case .isNull(let operand, let negated):
            write(operand, BindingPower.value)
            write(negated ? " IS NOT NULL" : " IS NULL")
        case .between(let operand, let lower, let upper, let negated):
            write(operand, BindingPower.value)
            write(negated ? " NOT BETWEEN " : " BETWEEN ")
            write(lower, BindingPower.value)
            write(" AND ")
            write(upper, BindingPower.value)
        case .inList(let operand, let values, let negated):
            write(operand, BindingPower.value)
            write(negated ? " NOT IN (" : " IN (")
            list(values) { $0.write($1) }
            write(")")
        case .like(let operand, let pattern, let escape, let negated):
            write(operand, BindingPower.value)
            write(negated ? " NOT LIKE " : " LIKE ")
            write(pattern, BindingPower.value)
            if let escape { write(" ESCAPE " + Self.quoted(escape)) }
        default: break
        }
    }

    private mutating func writeConstruct(_ kind: Expression.Kind) {
        switch kind {
        case .field(let operand, let name):
            write(operand, BindingPower.postfix)
            write("->" + name.formatted)
        case .element(let operand, let index):
            write(operand, BindingPower.postfix)
            write("[")
            write(index)
            write("]")
        case .choice(let operand, let branches, let otherwise):
            writeChoice(operand, branches, otherwise)
        case .cast(let operand, let type):
            write("CAST(")
            write(operand)
            write(" AS ")
            write(type)
            write(")")
        case .call(let name, let arguments):
            write(name.formatted + "(")
            list(arguments) { $0.write($1) }
            write(")")
        case .over(let name, let arguments, let keys, let within):
            write(name.formatted + "(")
            list(arguments) { $0.write($1) }
            write(keys.isEmpty ? ") OVER (" : ") OVER (PARTITION BY ")
            list(keys) { $0.write($1, BindingPower.value) }
            if let within {
                write(keys.isEmpty ? "WITHIN " : " WITHIN ")
                write(within)
            }
            write(")")
        case .lambda(let parameters, let body):
            let names = parameters.map(\.formatted).joined(separator: ", ")
            write(parameters.count == 1 ? names : "(\(names))")
            write(" => ")
            write(body)
        case .array(let elements):
            write("ARRAY[")
            list(elements) { $0.write($1) }
            write("]")
        case .map(let entries):
            write("MAP(")
            list(entries) { formatter, entry in
                formatter.write(entry.key)
                formatter.write(" := ")
                formatter.write(entry.value)
            }
            write(")")
        case .structure(let fields):
            write("STRUCT(")
            list(fields) { formatter, field in
                formatter.write(field.name.formatted + " := ")
                formatter.write(field.value)
            }
            write(")")
        default: break
        }
    }

    private mutating func writeChoice(
        _ operand: Expression?, _ branches: [Expression.Branch], _ otherwise: Expression?
    ) {
        write("CASE")
        if let operand {
            write(" ")
            write(operand)
        }
        for branch in branches {
            write(" WHEN ")
            write(branch.condition)
            write(" THEN ")
            write(branch.result)
        }
        if let otherwise {
            write(" ELSE ")
            write(otherwise)
        }
        write(" END")
    }
}
