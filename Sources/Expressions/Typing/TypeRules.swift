import Columnar

/// Which types meet in which: the one place for implicit widening and for the types of results.
///
/// Numbers widen INTEGER → BIGINT → DECIMAL → DOUBLE. An INTEGER counts as DECIMAL(10, 0), a BIGINT as
/// DECIMAL(19, 0).
public enum TypeRules {
    /// DECIMAL(10, 0) for INTEGER, DECIMAL(19, 0) for BIGINT, the type itself for DECIMAL; nil for others.
    public static func decimal(for type: DataType) -> (precision: Int, scale: Int)? {
        switch type {
        case .integer: return (10, 0)
        case .bigint: return (19, 0)
        case .decimal(let precision, let scale): return (precision, scale)
        default: return nil
        }
    }

    /// The narrowest type that holds the values of both, or nil when there is none.
    ///
    /// Nested types meet member by member. STRUCTs meet when members of one name do; the result has the
    /// first's members and then what the second adds.
    public static func common(_ left: DataType, _ right: DataType) -> DataType? {
        if left == right { return left }
        switch (left, right) {
        case (.array(let a), .array(let b)):
            return common(a, b).map { .array($0) }
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            guard let keys = common(key, otherKey), let values = common(value, otherValue) else { return nil }
            return .map(key: keys, value: values)
        case (.structure(let a), .structure(let b)):
            return commonStructure(a, b)
        default:
            return commonNumber(left, right)
        }
    }

    private static func commonStructure(_ left: [Field], _ right: [Field]) -> DataType? {
        var fields: [Field] = []
        for field in left {
            guard let other = right.first(where: { $0.name == field.name }) else {
                fields.append(field)
                continue
            }
            guard let type = common(field.type, other.type) else { return nil }
            fields.append(Field(field.name, type))
        }
        fields += right.filter { field in !left.contains { $0.name == field.name } }
        return .structure(fields)
    }

    private static func commonNumber(_ left: DataType, _ right: DataType) -> DataType? {
        guard left.isNumeric, right.isNumeric else { return nil }
        if left == .double || right == .double { return .double }
        guard case (.integer, .bigint) = (left, right) else {
            guard case (.bigint, .integer) = (left, right) else {
                guard let (p, s) = decimal(for: left), let (q, t) = decimal(for: right) else { return nil }
                let scale = max(s, t)
                return bounded(precision: max(p - s, q - t) + scale, scale: scale)
            }
            return .bigint
        }
        return .bigint
    }

    /// Whether a value of `type` is taken for one of `target` without a CAST.
    public static func widens(_ type: DataType, to target: DataType) -> Bool {
        if type == target { return true }
        switch (type, target) {
        case (.integer, .bigint), (.integer, .double), (.bigint, .double), (.decimal, .double): return true
        case (.integer, .decimal), (.bigint, .decimal), (.decimal, .decimal):
            guard let (p, s) = decimal(for: type), let (q, t) = decimal(for: target) else { return false }
            return t >= s && q - t >= p - s
        default: return false
        }
    }

    /// The type of `left op right` for numbers; nil when one is none.
    ///
    /// With operands (p, s) and (q, t):
    ///
    /// | operator | scale | whole digits |
    /// |---|---|---|
    /// | + − | max(s, t) | max(p − s, q − t) + 1 |
    /// | × | s + t | p − s + q − t + 1 |
    /// | ÷ | max(6, s + q + 1) | p − s + t |
    /// | % | max(s, t) | min(p − s, q − t) |
    public static func arithmetic(
        _ op: ArithmeticOperator, _ left: DataType, _ right: DataType
    ) -> DataType? {
        guard left.isNumeric, right.isNumeric else { return nil }
        if left == .double || right == .double { return .double }
        if left == .integer, right == .integer { return .integer }
        if left == .integer || left == .bigint, right == .integer || right == .bigint { return .bigint }
        guard let (p, s) = decimal(for: left), let (q, t) = decimal(for: right) else { return nil }
        switch op {
        case .add, .subtract:
            let scale = max(s, t)
            return bounded(precision: max(p - s, q - t) + scale + 1, scale: scale)
        case .multiply:
            return bounded(precision: p + q + 1, scale: s + t)
        case .divide:
            let scale = max(6, s + q + 1)
            return bounded(precision: p - s + t + scale, scale: scale)
        case .remainder:
            let scale = max(s, t)
            return bounded(precision: max(1, min(p - s, q - t) + scale), scale: scale)
        }
    }

    /// DECIMAL with at most 38 digits: what is over is taken from the scale, of which up to six digits stay.
    public static func bounded(precision: Int, scale: Int) -> DataType {
        let limit = Decimals.maximumPrecision
        if precision <= limit { return .decimal(precision: precision, scale: scale) }
        let kept = max(min(scale, 6), limit - (precision - scale))
        return .decimal(precision: limit, scale: max(0, kept))
    }

    /// Whether `<` and the like, MIN, MAX, GREATEST and LEAST know an order.
    public static func hasOrder(_ type: DataType) -> Bool {
        switch type {
        case .boolean, .array, .map, .structure: return false
        default: return true
        }
    }

    /// Whether CAST knows the way.
    public static func canCast(_ type: DataType, to target: DataType) -> Bool {
        if type == target { return true }
        switch (type, target) {
        case (.bytes, .string), (.string, .bytes): return false
        case (_, .string): return true
        case (.string, .array), (.string, .map), (.string, .structure): return false
        case (.string, _): return true
        case (.integer, _), (.bigint, _), (.double, _), (.decimal, _): return target.isNumeric
        case (.timestamp, .date), (.timestamp, .time), (.date, .timestamp): return true
        case (.array(let element), .array(let other)): return canCast(element, to: other)
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            return canCast(key, to: otherKey) && canCast(value, to: otherValue)
        case (.structure(let fields), .structure(let others)):
            return others.allSatisfy { other in
                fields.first { $0.name == other.name }.map { canCast($0.type, to: other.type) } ?? true
            }
        default: return false
        }
    }
}
