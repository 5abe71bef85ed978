extension Expression.Kind {
    /// The expressions directly inside this one, in the order of the text.
    public var operands: [Expression] {
        switch self {
        case .null, .boolean, .integer, .bigint, .decimal, .double, .string, .column, .allColumns, .timeUnit:
            []
        case .field(let operand, _), .unary(_, let operand), .not(let operand), .isNull(let operand, _),
            .cast(let operand, _), .lambda(_, let operand):
            [operand]
        case .element(let left, let right), .binary(_, let left, let right),
            .comparison(_, let left, let right), .logical(_, let left, let right),
            .like(let left, let right, _, _):
            [left, right]
        case .between(let operand, let lower, let upper, _):
            [operand, lower, upper]
        case .inList(let operand, let list, _):
            [operand] + list
        case .choice(let operand, let branches, let otherwise):
            (operand.map { [$0] } ?? []) + branches.flatMap { [$0.condition, $0.result] }
                + (otherwise.map { [$0] } ?? [])
        case .call(_, let arguments), .array(let arguments):
            arguments
        case .over(_, let arguments, let keys, _):
            arguments + keys
        case .map(let entries):
            entries.flatMap { [$0.key, $0.value] }
        case .structure(let fields):
            fields.map(\.value)
        }
    }
}
