import Columnar
import Expressions
import TestKit

private typealias Expr = Expressions.Expression

/// Random columns, and random expressions over them, from a seed.
struct RandomExpressions {
    var dice: SeededGenerator
    let types: [DataType]
    /// Of the lambdas around the expression that is being made.
    var parameters: [DataType] = []

    init(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var types: [DataType] = []
        for _ in 0..<2 {
            types += [
                .boolean, .integer, .bigint, .double, .string, .bytes, .date, .time, .timestamp,
                RandomExpressions.decimal(&dice), RandomExpressions.decimal(&dice), .array(.integer),
                .map(key: .string, value: .bigint),
                .structure([Field("A", .integer), Field("B", .string)]),
            ]
        }
        self.types = types
        self.dice = dice
    }

    private static func decimal(_ dice: inout SeededGenerator) -> DataType {
        let precision = dice.int(1...38)
        return .decimal(precision: precision, scale: dice.int(0...precision))
    }

    mutating func columns(count: Int) -> [Column] {
        types.map { type in
            let builder = ColumnBuilder(type: type)
            let nulls = dice.pick([0, 20, 100])
            for _ in 0..<count { builder.append(dice.chance(nulls) ? .null : value(type)) }
            return builder.finish()
        }
    }

    // MARK: Values

    private static let texts = [
        "", "a", "b", "foo", "Foo", "%oo", "f_o", "  pad ", "true", "TRUE", "12", "-7", "+3", "1.5", "-0.05",
        "99999999999999999999", "1e3", "2E-2", ".5", "5.", "NaN", "x1", "2024-02-29", "2023-02-30", "13:05",
        "13:05:09.120", "2024-02-29T13:05:09.120Z", "exactly12byt", "a text of over twelve bytes",
        "a text of over twelve bytez", "äöü and more ünïcode", "é", "123456789.123456789", "0.000000005",
        "-2147483648", "9223372036854775807", "9223372036854775808", "00012", " 42 ",
    ]

    mutating func value(_ type: DataType) -> Value {
        switch type {
        case .boolean: return .boolean(dice.chance(50))
        case .integer: return .integer(dice.pick([0, 1, -1, 7, .max, .min, Int32(dice.int(-1000...1000))]))
        case .bigint:
            return .bigint(dice.pick([0, 1, -1, 10, .max, .min, Int64(dice.int(-100_000...100_000))]))
        case .double:
            let numbers = [
                0, -0.0, 1, -1.5, 0.1, 0.15, 1e7, 123_456.789, 1e-4, 1e300, 2.5, .infinity, .nan, 1e15,
            ]
            return .double(dice.chance(50) ? dice.pick(numbers) : Double(dice.int(-100_000...100_000)) / 1000)
        case .decimal(let precision, let scale):
            let digits = dice.int(0...precision)
            var text = dice.chance(50) ? "-0" : "0"
            for _ in 0..<digits { text += String(dice.pick([0, 9, dice.int(0...9)])) }
            return .decimal(Int128(text)!, scale: scale)
        case .string: return .string(dice.pick(RandomExpressions.texts))
        case .bytes: return .bytes((0..<dice.int(0...20)).map { _ in UInt8(dice.pick([0, 1, 255])) })
        case .date: return .date(Int32(dice.pick([0, -1, dice.int(-50_000...50_000)])))
        case .time: return .time(Int32(dice.pick([0, 1000, dice.int(0...86_399_999)])))
        case .timestamp:
            return .timestamp(Int64(dice.pick([0, -1, dice.int(-4_000_000_000_000...4_000_000_000_000)])))
        case .array(let element):
            return .array((0..<dice.int(0...3)).map { _ in dice.chance(20) ? .null : value(element) })
        case .map(let key, let item):
            var entries: [(key: Value, value: Value)] = []
            for _ in 0..<dice.int(0...3) {
                let next = value(key)
                if !entries.contains(where: { $0.key == next }) {
                    entries.append((key: next, value: dice.chance(20) ? .null : value(item)))
                }
            }
            return .map(entries)
        case .structure(let fields):
            return .structure(fields.map { dice.chance(20) ? .null : value($0.type) })
        }
    }

    // MARK: Expressions

    /// An expression of exactly this type.
    mutating func expression(_ type: DataType, depth: Int) -> Expressions.Expression {
        if depth == 0 || dice.chance(15) { return leaf(type) }
        if dice.chance(15) {
            let result = expression(type, depth: depth - 1)
            let condition = expression(.boolean, depth: depth - 1)
            let second = expression(.boolean, depth: depth - 1)
            return .conditional(
                [
                    Expr.Branch(when: condition, then: result),
                    Expr.Branch(when: second, then: expression(type, depth: depth - 1)),
                ], otherwise: dice.chance(70) ? expression(type, depth: depth - 1) : nil, type)
        }
        if dice.chance(10) { return function(dice.pick(["COALESCE", "NULLIF"]), [type, type], depth) }
        if dice.chance(12), let iteration = iteration(type, depth: depth) { return iteration }
        switch type {
        case .boolean: return predicate(depth)
        case .integer, .bigint, .double, .decimal: return number(type, depth)
        case .string: return text(depth)
        case .date, .time, .timestamp:
            return cast(expression(dice.pick([.string, .timestamp]), depth: depth - 1), type)
        case .array(let element):
            return .array(
                [expression(element, depth: depth - 1), expression(element, depth: depth - 1)], type)
        case .map(let key, let value):
            let keys = [expression(key, depth: depth - 1), expression(key, depth: depth - 1)]
            return .map(
                keys: keys,
                values: [expression(value, depth: depth - 1), expression(value, depth: depth - 1)], type)
        case .structure(let fields):
            return .structure(fields.map { expression($0.type, depth: depth - 1) }, type)
        case .bytes: return leaf(type)
        }
    }

    private mutating func leaf(_ type: DataType) -> Expr {
        let own = parameters.indices.filter { parameters[$0] == type }
        if !own.isEmpty, dice.chance(60) { return .parameter(dice.pick(own), type) }
        let places = types.indices.filter { types[$0] == type }
        if !places.isEmpty, dice.chance(75) { return .column(dice.pick(places), type) }
        return .literal(dice.chance(10) ? .null : value(type), type)
    }

    private func cast(_ expression: Expr, _ type: DataType) -> Expr {
        try! Expr.makeCast(expression, to: type)
    }

    private mutating func function(_ name: String, _ arguments: [DataType], _ depth: Int) -> Expr {
        try! ScalarFunctions.call(name, arguments.map { expression($0, depth: depth - 1) })
    }

    private mutating func anyNumber() -> DataType { dice.pick(types.filter(\.isNumeric)) }

    private mutating func number(_ type: DataType, _ depth: Int) -> Expr {
        switch dice.int(0...6) {
        case 0: return cast(expression(.string, depth: depth - 1), type)
        case 1: return cast(expression(anyNumber(), depth: depth - 1), type)
        case 2: return .negation(expression(type, depth: depth - 1))
        case 3:
            let array = DataType.array(.integer)
            let index = expression(.integer, depth: depth - 1)
            return cast(try! .makeElement(expression(array, depth: depth - 1), index), type)
        case 4:
            let map = DataType.map(key: .string, value: .bigint)
            let key = expression(.string, depth: depth - 1)
            return cast(try! .makeElement(expression(map, depth: depth - 1), key), type)
        default:
            let sum = try! Expr.makeArithmetic(
                dice.pick(ArithmeticOperator.allCases), expression(anyNumber(), depth: depth - 1),
                expression(anyNumber(), depth: depth - 1))
            return cast(sum, type)
        }
    }

    private mutating func text(_ depth: Int) -> Expr {
        switch dice.int(0...6) {
        case 0:
            let source = dice.pick(
                types.filter {
                    $0.isNumeric || [.date, .time, .timestamp, .boolean, .array(.integer)].contains($0)
                })
            return cast(expression(source, depth: depth - 1), .string)
        case 1:
            return .arithmetic(
                .add, expression(.string, depth: depth - 1), expression(.string, depth: depth - 1), .string)
        case 2: return function(dice.pick(["TRIM", "LCASE", "UCASE"]), [.string], depth)
        case 3:
            return function(dice.pick(["GREATEST", "LEAST", "CONCAT"]), [.string, .string, .string], depth)
        case 4: return function("REPLACE", [.string, .string, .string], depth)
        case 5:
            let member = DataType.structure([Field("A", .integer), Field("B", .string)])
            return try! .makeMember(expression(member, depth: depth - 1), "B")
        default:
            let position = Expr.literal(.integer(Int32(dice.int(-8...8))), .integer)
            let length = Expr.literal(.integer(Int32(dice.int(-1...8))), .integer)
            return try! ScalarFunctions.call(
                "SUBSTRING", [expression(.string, depth: depth - 1), position, length])
        }
    }

    private mutating func predicate(_ depth: Int) -> Expr {
        let type = dice.pick(types)
        switch dice.int(0...9) {
        case 0, 1:
            let operands = (0..<dice.int(2...3)).map { _ in expression(.boolean, depth: depth - 1) }
            return dice.chance(50) ? .conjunction(operands) : .disjunction(operands)
        case 2: return .not(expression(.boolean, depth: depth - 1))
        case 3: return .isNull(expression(type, depth: depth - 1))
        case 4: return .distinct(expression(type, depth: depth - 1), expression(type, depth: depth - 1))
        case 5:
            let pattern =
                dice.chance(70)
                ? Expr.makeString(
                    dice.pick(["%", "foo", "f%", "%o", "%oo%", "f_o", "_%_", "%a%b%", "a!%%", ""]))
                : expression(.string, depth: depth - 1)
            return .like(
                expression(.string, depth: depth - 1), pattern: pattern, escape: dice.chance(50) ? "!" : nil)
        case 6:
            let size = dice.pick([1, 4, 12])
            let items = (0..<size).map { _ in dice.chance(80) ? Expr.literal(value(type), type) : leaf(type) }
            return .among(expression(type, depth: depth - 1), items)
        case 7:
            return try! .makeComparison(
                dice.pick(ComparisonOperator.allCases), expression(anyNumber(), depth: depth - 1),
                expression(anyNumber(), depth: depth - 1))
        default:
            let op = dice.pick(ComparisonOperator.allCases)
            let usable = op.isOrdering && !TypeRules.hasOrder(type) ? ComparisonOperator.equal : op
            return .comparison(usable, expression(type, depth: depth - 1), expression(type, depth: depth - 1))
        }
    }
}
