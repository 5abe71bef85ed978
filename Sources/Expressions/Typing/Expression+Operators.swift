import Columnar

// Factories for operators: each checks its operands, widens them and says what is wrong.
extension Expression {
    /// A number as SQL writes it without a sign: INTEGER or BIGINT where it fits, DECIMAL with a point or
    /// when larger, DOUBLE with an exponent.
    public static func makeNumber(_ text: String) throws(TypeError) -> Expression {
        if let value = Int32(text) { return .literal(.integer(value), .integer) }
        if let value = Int64(text) { return .literal(.bigint(value), .bigint) }
        if text.utf8.contains(UInt8(ascii: "e")) || text.utf8.contains(UInt8(ascii: "E")) {
            if let value = Double(text), value.isFinite { return .literal(.double(value), .double) }
            throw TypeError(.invalidValue, "\(text) is not a DOUBLE", expected: "a number")
        }
        var copy = text
        let parsed = copy.withUTF8 { Decimals.parse(UnsafeRawBufferPointer($0)) }
        let written = text.utf8.drop { $0 == 48 || $0 == 46 }.filter { $0 != 46 }.count
        guard let (unscaled, scale) = parsed, scale >= 0, scale <= 38, written <= 38 else {
            throw TypeError(
                .invalidValue, "\(text) is not a DECIMAL", expected: "a number of at most 38 digits")
        }
        let digits = String(unscaled.magnitude).utf8.count
        return .literal(
            .decimal(unscaled, scale: scale), .decimal(precision: max(digits, scale, 1), scale: scale))
    }

    public static func makeString(_ text: String) -> Expression { .literal(.string(text), .string) }
    public static func makeBoolean(_ value: Bool) -> Expression { .literal(.boolean(value), .boolean) }

    public static func makeArithmetic(
        _ op: ArithmeticOperator, _ left: Expression, _ right: Expression
    ) throws(TypeError) -> Expression {
        for (null, other) in [(left, right), (right, left)] where null.isUntypedNull {
            guard case .decimal = other.type, !other.isUntypedNull else { continue }
            throw TypeError(
                "cannot compute \(other.type.sql) \(op.rawValue) NULL: the result has no scale",
                expected: "a number", found: "NULL",
                hint: "say which NULL is meant: CAST(NULL AS \(other.type.sql))")
        }
        let (left, right) = typed(left, right, ifBothNull: .integer)
        if op == .add, left.type == .string, right.type == .string {
            return .arithmetic(op, left, right, .string)
        }
        guard let type = TypeRules.arithmetic(op, left.type, right.type) else {
            throw TypeError(
                "cannot compute \(left.type.sql) \(op.rawValue) \(right.type.sql)",
                expected: "numbers" + (op == .add ? " or two STRINGs" : ""),
                found: "\(left.type.sql) and \(right.type.sql)",
                hint: "CAST the operand that is no number")
        }
        if case .decimal = type {
            return .arithmetic(op, left.asDecimal, right.asDecimal, type)
        }
        return .arithmetic(op, left.widened(to: type), right.widened(to: type), type)
    }

    /// `-operand`.
    public static func makeNegation(_ operand: Expression) throws(TypeError) -> Expression {
        guard operand.type.isNumeric else {
            throw TypeError(
                "cannot negate \(operand.type.sql)", expected: "a number", found: operand.type.sql)
        }
        switch operand {
        case .literal(.integer(let value), _) where value != .min: return .literal(.integer(-value), .integer)
        case .literal(.bigint(let value), _) where value != .min:
            // -2147483648 is an INTEGER although 2147483648 is none.
            if value == 2_147_483_648 { return .literal(.integer(.min), .integer) }
            return .literal(.bigint(-value), .bigint)
        case .literal(.decimal(let value, let scale), let type):
            if scale == 0, value == 9_223_372_036_854_775_808 { return .literal(.bigint(.min), .bigint) }
            return .literal(.decimal(-value, scale: scale), type)
        case .literal(.double(let value), _): return .literal(.double(-value), .double)
        default: return .negation(operand)
        }
    }

    public static func makeComparison(
        _ op: ComparisonOperator, _ left: Expression, _ right: Expression
    ) throws(TypeError) -> Expression {
        if left.isUntypedNull || right.isUntypedNull {
            throw TypeError(
                "a comparison with NULL is never true", expected: "a value", found: "NULL",
                hint: "use IS NULL or IS NOT NULL")
        }
        let (a, b) = try comparable(left, right, "compare")
        if op.isOrdering, !TypeRules.hasOrder(a.type) {
            throw TypeError(
                "cannot compare \(left.type.sql) with \(right.type.sql) by \(op.rawValue)",
                expected: "types with an order", found: a.type.sql, hint: "only = and <> are defined")
        }
        return .comparison(op, a, b)
    }

    /// IS [NOT] DISTINCT FROM.
    public static func makeDistinct(
        _ left: Expression, from right: Expression, negated: Bool = false
    ) throws(TypeError) -> Expression {
        let (left, right) = typed(left, right, ifBothNull: .string)
        let (a, b) = try comparable(left, right, "compare")
        return negated ? .not(.distinct(a, b)) : .distinct(a, b)
    }

    /// [NOT] BETWEEN, which is two comparisons; false when an operand is NULL, and so true when negated.
    public static func makeBetween(
        _ operand: Expression, _ lower: Expression, _ upper: Expression, negated: Bool = false
    ) throws(TypeError) -> Expression {
        let both = Expression.conjunction([
            try makeComparison(.greaterOrEqual, operand, lower),
            try makeComparison(.lessOrEqual, operand, upper),
        ])
        return negated ? .not(both) : both
    }

    /// [NOT] IN. String literals in the list are read as values of the operand's type.
    public static func makeAmong(
        _ operand: Expression, _ list: [Expression], negated: Bool = false
    ) throws(TypeError) -> Expression {
        let type = try listType(operand, list)
        var items: [Expression] = []
        for item in list where !item.isUntypedNull {
            // A STRING equals the text of a number or a BOOLEAN that is written out.
            let isWritten =
                type == .string && item.isLiteral && (item.type.isNumeric || item.type == .boolean)
            items.append(isWritten ? item.widened(to: .string) : try item.comparable(with: operand, as: type))
        }
        let among = Expression.among(try operand.coerced(to: type), items)
        return negated ? .not(among) : among
    }

    /// The item of a list in the type of the comparison; an error names what is compared.
    private func comparable(with operand: Expression, as type: DataType) throws(TypeError) -> Expression {
        do throws(TypeError) { return try coerced(to: type) } catch {
            throw TypeError(
                error.code, "cannot compare \(operand.type.sql) with \(self.type.sql): \(error.message)",
                expected: error.expected, found: error.found, hint: error.hint)
        }
    }

    /// The type in which an operand is compared with a list.
    private static func listType(_ operand: Expression, _ list: [Expression]) throws(TypeError) -> DataType {
        var type = operand.type
        for item in list where !item.isUntypedNull && item.type != type {
            switch item {
            case .literal(.string, _): continue
            case .literal where type == .string: continue
            default: break
            }
            if let common = TypeRules.common(type, item.type) {
                type = common
            } else if isTemporal(type, item.type) {
                type = .timestamp
            } else if !item.isConstructor {
                throw TypeError(
                    "cannot compare \(type.sql) with \(item.type.sql)", expected: type.sql,
                    found: item.type.sql, hint: "you might need an explicit CAST")
            }
        }
        return type
    }

    /// Whether the parts can be read as values of another type, one by one.
    private var isConstructor: Bool {
        switch self {
        case .array, .map, .structure: return true
        default: return false
        }
    }

    public static func makeAnd(_ operands: [Expression]) throws(TypeError) -> Expression {
        let checked = try booleans(operands, "AND")
        return checked.count == 1 ? checked[0] : .conjunction(checked)
    }

    public static func makeOr(_ operands: [Expression]) throws(TypeError) -> Expression {
        let checked = try booleans(operands, "OR")
        return checked.count == 1 ? checked[0] : .disjunction(checked)
    }

    public static func makeNot(_ operand: Expression) throws(TypeError) -> Expression {
        .not(try booleans([operand], "NOT")[0])
    }

    /// IS [NOT] NULL.
    public static func makeIsNull(_ operand: Expression, negated: Bool = false) -> Expression {
        negated ? .not(.isNull(operand)) : .isNull(operand)
    }

    /// [NOT] LIKE … [ESCAPE c].
    public static func makeLike(
        _ text: Expression, pattern: Expression, escape: Unicode.Scalar? = nil, negated: Bool = false
    ) throws(TypeError) -> Expression {
        for operand in [text, pattern] where operand.type != .string {
            throw TypeError(
                "LIKE works on STRINGs", expected: "STRING", found: operand.type.sql,
                hint: "CAST it to STRING")
        }
        let like = Expression.like(text.typed(.string), pattern: pattern.typed(.string), escape: escape)
        return negated ? .not(like) : like
    }

    // MARK: Parts

    /// A NULL without a type becomes one of `type`.
    func typed(_ type: DataType) -> Expression { isUntypedNull ? .literal(.null, type) : self }

    private static func typed(
        _ left: Expression, _ right: Expression, ifBothNull type: DataType
    ) -> (Expression, Expression) {
        if left.isUntypedNull, right.isUntypedNull { return (left.typed(type), right.typed(type)) }
        return (left.typed(right.type), right.typed(left.type))
    }

    private static func booleans(
        _ operands: [Expression], _ word: String
    ) throws(TypeError) -> [Expression] {
        var result: [Expression] = []
        for operand in operands {
            let operand = operand.typed(.boolean)
            guard operand.type == .boolean else {
                throw TypeError(
                    "\(word) needs BOOLEANs", expected: "BOOLEAN", found: operand.type.sql,
                    hint: "write a comparison")
            }
            result.append(operand)
        }
        return result
    }

    static func isTemporal(_ left: DataType, _ right: DataType) -> Bool {
        let temporal: Set<DataType> = [.date, .timestamp]
        return temporal.contains(left) && temporal.contains(right)
    }

    /// Both operands in one type that can be compared.
    private static func comparable(
        _ left: Expression, _ right: Expression, _ verb: String
    ) throws(TypeError) -> (Expression, Expression) {
        if left.type == right.type { return (left, right) }
        let time: Set<DataType> = [.date, .time, .timestamp]
        if time.contains(left.type), right.type == .string {
            return (left, try right.coerced(to: left.type))
        }
        if time.contains(right.type), left.type == .string {
            return (try left.coerced(to: right.type), right)
        }
        if isTemporal(left.type, right.type) {
            return (left.widened(to: .timestamp), right.widened(to: .timestamp))
        }
        if left.type.isNumeric, right.type.isNumeric {
            if left.type == .double || right.type == .double {
                return (left.widened(to: .double), right.widened(to: .double))
            }
            if case .decimal = left.type { return (left, right.asDecimal) }
            if case .decimal = right.type { return (left.asDecimal, right) }
            return (left.widened(to: .bigint), right.widened(to: .bigint))
        }
        guard let type = TypeRules.common(left.type, right.type) else {
            throw TypeError(
                "cannot \(verb) \(left.type.sql) with \(right.type.sql)", expected: left.type.sql,
                found: right.type.sql, hint: "CAST one of them")
        }
        return (left.widened(to: type), right.widened(to: type))
    }

    var asDecimal: Expression {
        guard let (precision, scale) = TypeRules.decimal(for: type) else { return self }
        return widened(to: .decimal(precision: precision, scale: scale))
    }
}
