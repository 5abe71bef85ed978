import Columnar
import Expressions

/// Expressions evaluated one row at a time over values: slow and obvious, to check the kernels.
struct RowModel {
    let row: [Value]
    /// Of the lambdas around, the outermost first.
    var parameters: [Value] = []
    /// Set when a lambda's body can't be computed; nil outside of lambdas.
    var loss: LambdaLoss?

    func value(_ expression: Expressions.Expression) -> Value {
        switch expression {
        case .column(let index, _): return row[index]
        case .literal(let value, _): return value
        case .null: return .null
        case .arithmetic(let op, let left, let right, let type):
            let result = arithmetic(op, value(left), value(right), type)
            return type == .string ? result : needed(result)
        case .negation(let operand):
            return needed(
                arithmetic(.subtract, RowModel.zero(operand.type), value(operand), operand.type))
        case .comparison(let op, let left, let right):
            guard let order = RowModel.order(value(left), value(right)) else { return .boolean(false) }
            return .boolean(RowModel.holds(op, order))
        case .distinct(let left, let right):
            let (a, b) = (value(left), value(right))
            if a.isNull || b.isNull { return .boolean(a.isNull != b.isNull) }
            return .boolean(RowModel.order(a, b) != .some(.some(0)))
        case .conjunction(let operands):
            return logic(operands, decidedBy: .boolean(false)) ?? .boolean(true)
        case .disjunction(let operands):
            return logic(operands, decidedBy: .boolean(true)) ?? .boolean(false)
        case .not(let operand):
            guard case .boolean(let flag) = value(operand) else { return .null }
            return .boolean(!flag)
        case .conditional(let branches, let otherwise, _):
            for branch in branches where value(branch.condition) == .boolean(true) {
                return value(branch.result)
            }
            return otherwise.map(value) ?? .null
        case .cast(let operand, let type):
            let given = value(operand)
            return given.isNull ? .null : needed(CastModel.cast(given, to: type))
        case .like(let text, let pattern, let escape):
            guard case .string(let text) = value(text), case .string(let pattern) = value(pattern) else {
                return .null
            }
            return .boolean(
                RowModel.like(Array(text.unicodeScalars)[...], Array(pattern.unicodeScalars)[...], escape))
        case .among(let operand, let list):
            let wanted = value(operand)
            return .boolean(list.contains { RowModel.order(wanted, value($0)) == .some(.some(0)) })
        case .isNull(let operand): return .boolean(value(operand).isNull)
        case .member(let operand, let index, _):
            guard case .structure(let members) = value(operand) else { return .null }
            return members[index]
        case .element(let operand, let key, _): return element(value(operand), value(key))
        case .array(let elements, _): return .array(elements.map(value))
        case .map(let keys, let values, _): return map(keys.map(value), values.map(value))
        case .structure(let members, _): return .structure(members.map(value))
        case .call(let function, let arguments): return FunctionModel.call(function, arguments.map(value))
        case .parameter(let number, _): return parameters[number]
        case .iteration(let iteration): return iterated(iteration)
        }
    }

    /// The operand that decides, after which no other is looked at; else NULL if one is.
    private func logic(_ operands: [Expressions.Expression], decidedBy decision: Value) -> Value? {
        var result: Value?
        for operand in operands {
            let value = value(operand)
            if value == decision { return value }
            if value.isNull { result = .null }
        }
        return result
    }

    private func element(_ collection: Value, _ key: Value) -> Value {
        switch (collection, key) {
        case (.array(let elements), .bigint(let index)):
            if index > 0, index <= elements.count { return elements[Int(index) - 1] }
            if index < 0, -index <= elements.count { return elements[elements.count + Int(index)] }
            return .null
        case (.map(let entries), _) where !key.isNull:
            return entries.last { RowModel.order($0.key, key) == .some(.some(0)) }?.value ?? .null
        default: return .null
        }
    }

    private func map(_ keys: [Value], _ values: [Value]) -> Value {
        var entries: [(key: Value, value: Value)] = []
        for (key, value) in zip(keys, values) where !key.isNull {
            entries.removeAll { $0.key == key }
            entries.append((key: key, value: value))
        }
        return .map(entries)
    }

    // MARK: Arithmetic

    static func zero(_ type: DataType) -> Value {
        switch type {
        case .integer: return .integer(0)
        case .bigint: return .bigint(0)
        case .double: return .double(-0.0)
        case .decimal(_, let scale): return .decimal(0, scale: scale)
        default: fatalError("no number")
        }
    }

    private func arithmetic(
        _ op: ArithmeticOperator, _ left: Value, _ right: Value, _ type: DataType
    ) -> Value {
        switch (left, right) {
        case (.string(let a), .string(let b)): return .string(a + b)
        case (.integer(let a), .integer(let b)):
            return whole(op, Int128(a), Int128(b)).flatMap { Int32(exactly: $0) }.map { .integer($0) }
                ?? .null
        case (.bigint(let a), .bigint(let b)):
            return whole(op, Int128(a), Int128(b)).flatMap { Int64(exactly: $0) }.map { .bigint($0) } ?? .null
        case (.double(let a), .double(let b)):
            switch op {
            case .add: return .double(a + b)
            case .subtract: return .double(a - b)
            case .multiply: return .double(a * b)
            case .divide: return .double(a / b)
            case .remainder: return .double(a.truncatingRemainder(dividingBy: b))
            }
        case (.decimal(let a, let s), .decimal(let b, let t)):
            return decimals(op, DigitNumber(a, scale: s), DigitNumber(b, scale: t), type)
        default: return .null
        }
    }

    private func whole(_ op: ArithmeticOperator, _ a: Int128, _ b: Int128) -> Int128? {
        switch op {
        case .add: return a + b
        case .subtract: return a - b
        case .multiply: return a * b
        case .divide: return b == 0 ? nil : a / b
        case .remainder: return b == 0 ? nil : a % b
        }
    }

    private func decimals(
        _ op: ArithmeticOperator, _ a: DigitNumber, _ b: DigitNumber, _ type: DataType
    ) -> Value {
        guard case .decimal(let precision, let scale) = type else { fatalError("a DECIMAL") }
        let exact: DigitNumber
        switch op {
        case .add: exact = a.plus(b)
        case .subtract: exact = a.plus(b.negated)
        case .multiply: exact = a.times(b)
        case .divide:
            // One digit more decides the rounding; whatever follows it cannot turn a half down.
            guard let quotient = a.divided(by: b, scale: scale + 1) else { return .null }
            exact = quotient
        case .remainder:
            guard let quotient = a.divided(by: b, scale: 0) else { return .null }
            exact = a.plus(quotient.times(b).negated)
        }
        guard let unscaled = exact.rounded(to: scale).unscaled(precision: precision) else { return .null }
        return .decimal(unscaled, scale: scale)
    }

    // MARK: Comparison

    static func holds(_ op: ComparisonOperator, _ order: Int?) -> Bool {
        guard let order else { return op == .notEqual }
        switch op {
        case .equal: return order == 0
        case .notEqual: return order != 0
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        }
    }

    /// nil when an operand is NULL; an inner nil when there is no order but inequality.
    static func order(_ left: Value, _ right: Value) -> Int?? {
        switch (left, right) {
        case (.null, _), (_, .null): return nil
        case (.boolean(let a), .boolean(let b)): return .some(a == b ? 0 : nil)
        case (.integer(let a), .integer(let b)), (.date(let a), .date(let b)), (.time(let a), .time(let b)):
            return .some(a < b ? -1 : a == b ? 0 : 1)
        case (.bigint(let a), .bigint(let b)), (.timestamp(let a), .timestamp(let b)):
            return .some(a < b ? -1 : a == b ? 0 : 1)
        case (.double(let a), .double(let b)):
            return .some(a < b ? -1 : a == b ? 0 : a > b ? 1 : nil)
        case (.decimal(let a, let s), .decimal(let b, let t)):
            return .some(DigitNumber(a, scale: s).order(DigitNumber(b, scale: t)))
        case (.string(let a), .string(let b)): return .some(bytes(Array(a.utf8), Array(b.utf8)))
        case (.bytes(let a), .bytes(let b)): return .some(bytes(a, b))
        default: return .some(left == right ? 0 : nil)
        }
    }

    private static func bytes(_ a: [UInt8], _ b: [UInt8]) -> Int {
        for (x, y) in zip(a, b) where x != y { return Int(x) - Int(y) }
        return a.count - b.count
    }

    private static func like(
        _ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>, _ escape: Unicode.Scalar?
    ) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        if first == escape {
            let literal = rest.first ?? first
            return text.first == literal && like(text.dropFirst(), rest.dropFirst(), escape)
        }
        if first == "%" { return (0...text.count).contains { like(text.dropFirst($0), rest, escape) } }
        guard let character = text.first, first == "_" || character == first else { return false }
        return like(text.dropFirst(), rest, escape)
    }
}
