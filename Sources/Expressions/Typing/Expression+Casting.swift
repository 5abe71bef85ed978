import Columnar

// Explicit and implicit conversion.
extension Expression {
    /// CAST(operand AS type); a NULL stays one, what cannot be converted becomes NULL and is counted.
    public static func makeCast(_ operand: Expression, to type: DataType) throws(TypeError) -> Expression {
        try checkDecimals(type)
        if operand.isUntypedNull { return .literal(.null, type) }
        guard TypeRules.canCast(operand.type, to: type) else {
            throw TypeError(
                "CAST of \(operand.type.sql) to \(type.sql) is not supported",
                expected: "a type that converts to \(type.sql)", found: operand.type.sql)
        }
        return operand.widened(to: type)
    }

    /// Refuses a DECIMAL that Int128 cannot hold, wherever it is in the type.
    private static func checkDecimals(_ type: DataType) throws(TypeError) {
        switch type {
        case .decimal(let precision, let scale):
            guard (1...Decimals.maximumPrecision).contains(precision), (0...precision).contains(scale) else {
                throw TypeError(
                    "\(type.sql) is not supported",
                    expected: "1 to 38 digits, of which all may be behind the point",
                    found: type.sql)
            }
        case .array(let element): try checkDecimals(element)
        case .map(let key, let value):
            try checkDecimals(key)
            try checkDecimals(value)
        case .structure(let fields): for field in fields { try checkDecimals(field.type) }
        default: break
        }
    }

    /// The operand as a value of `type`, where TypeRules allows it or a string literal says one.
    public func coerced(to type: DataType) throws(TypeError) -> Expression {
        if isUntypedNull { return .literal(.null, type) }
        if self.type == type { return self }
        if case .literal(.string(let text), _) = self {
            return try Expression.reading(text, as: type)
        }
        if let coerced = try coercedMembers(to: type) { return coerced }
        let timeFromText =
            self.type == .string && (type == .date || type == .time || type == .timestamp)
        guard
            TypeRules.common(self.type, type) == type || timeFromText
                || Expression.isTemporal(self.type, type)
                || (self.type.isNumeric && type.isNumeric && TypeRules.common(self.type, type) != nil)
        else {
            throw TypeError(
                "\(self.type.sql) is not a \(type.sql)", expected: type.sql, found: self.type.sql,
                hint: "you might need an explicit CAST")
        }
        return widened(to: type)
    }

    /// Constructors hand the wanted type to what they hold, so that literals inside are read as it.
    private func coercedMembers(to type: DataType) throws(TypeError) -> Expression? {
        switch (self, type) {
        case (.array(let elements, _), .array(let wanted)):
            var coerced: [Expression] = []
            for element in elements { coerced.append(try element.coerced(to: wanted)) }
            return .array(coerced, type)
        case (.map(let keys, let values, _), .map(let key, let value)):
            var coercedKeys: [Expression] = []
            var coercedValues: [Expression] = []
            for item in keys { coercedKeys.append(try item.coerced(to: key)) }
            for item in values { coercedValues.append(try item.coerced(to: value)) }
            return .map(keys: coercedKeys, values: coercedValues, type)
        case (.structure(let members, .structure(let fields)), .structure(let wanted)):
            var coerced: [Expression] = []
            for field in wanted {
                guard let index = fields.firstIndex(where: { $0.name == field.name }) else {
                    coerced.append(.literal(.null, field.type))
                    continue
                }
                coerced.append(try members[index].coerced(to: field.type))
            }
            return .structure(coerced, type)
        default: return nil
        }
    }

    /// A string literal read as a value of `type`, as PostgreSQL reads untyped literals.
    private static func reading(_ text: String, as type: DataType) throws(TypeError) -> Expression {
        func malformed(_ form: String) -> TypeError {
            TypeError(
                .invalidValue, "invalid input for \(type.sql): \"\(text)\"", expected: form,
                found: "\"\(text)\"")
        }
        switch type {
        case .boolean:
            // Abbreviations count: 'tr' is true, 'n' is false.
            let lower = text.lowercased()
            if !lower.isEmpty, "true".hasPrefix(lower) || "yes".hasPrefix(lower) { return makeBoolean(true) }
            if !lower.isEmpty, "false".hasPrefix(lower) || "no".hasPrefix(lower) { return makeBoolean(false) }
            throw malformed("true or false")
        case .integer, .bigint:
            // '4.000' is a whole number too.
            let exact = Expression.literal(.string(text), .string)
                .widened(to: .decimal(precision: 38, scale: 10))
            guard case .literal(.decimal(let value, let scale), _) = exact,
                value % Decimals.powersOfTen[scale] == 0
            else { throw malformed("a whole number") }
            let cast = exact.widened(to: type)
            guard case .literal(let number, _) = cast, !number.isNull else {
                throw malformed("a whole number")
            }
            return cast
        case .double, .decimal:
            let cast = Expression.literal(.string(text), .string).widened(to: type)
            guard case .literal(let number, _) = cast, !number.isNull else { throw malformed("a number") }
            return cast
        case .date, .time, .timestamp:
            let cast = Expression.literal(.string(text), .string).widened(to: type)
            guard case .literal(let value, _) = cast, !value.isNull else {
                throw malformed(
                    type == .date
                        ? "'yyyy-MM-dd'" : type == .time ? "'HH:mm:ss.SSS'" : "'yyyy-MM-ddTHH:mm:ss.SSS'")
            }
            return cast
        default:
            throw TypeError(
                "a STRING is not a \(type.sql)", expected: type.sql, found: "STRING")
        }
    }

    /// A CAST without a check; of a literal, its value.
    func widened(to type: DataType) -> Expression {
        if isUntypedNull { return .literal(.null, type) }
        if self.type == type { return self }
        let cast = Expression.cast(self, type)
        return isLiteral ? cast.folded : cast
    }

    /// The literal that the expression stands for, if it reads no column, cannot vary, and raises no error.
    public var folded: Expression {
        if isLiteral { return self }
        guard columns.isEmpty, isDeterministic, !isOpen() else { return self }
        let context = EvaluationContext()
        let column = CompiledExpressions([self]).evaluate([], count: 1, context: context)[0]
        if context.errorCount > 0 { return isLiteralCast ? .literal(.null, type) : self }
        return .literal(column.value(at: 0), type)
    }

    /// Whether it reads a parameter of a lambda around it: one that no lambda in it has.
    private func isOpen(within own: Range<Int> = 0..<0) -> Bool {
        switch self {
        case .parameter(let number, _): return !own.contains(number)
        case .iteration(let iteration):
            let last = iteration.lambdas.map { $0.first + $0.parameters.count }.max() ?? 0
            let first = own.isEmpty ? iteration.lambdas.first?.first ?? 0 : own.lowerBound
            return ([iteration.collection] + (iteration.initial.map { [$0] } ?? []))
                .contains { $0.isOpen(within: own) }
                || iteration.lambdas.contains { $0.body.isOpen(within: first..<last) }
        default: return operands.contains { $0.isOpen(within: own) }
        }
    }

    private var isLiteralCast: Bool {
        if case .cast(let operand, _) = self { return operand.isLiteral }
        return false
    }

    /// Whether equal rows always give equal values: no clock, no RANDOM() or UUID().
    public var isDeterministic: Bool {
        if case .call(let function, _) = self, !function.isDeterministic { return false }
        return operands.allSatisfy(\.isDeterministic)
    }
}
