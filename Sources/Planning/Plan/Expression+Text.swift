import Columnar
import Expressions

extension Expression {
    /// The expression as SQL-like text, with `names` for the columns.
    func text(_ names: [String]) -> String {
        func inner(_ node: Expression) -> String { node.text(names) }
        func list(_ nodes: [Expression], _ separator: String = ", ") -> String {
            nodes.map(inner).joined(separator: separator)
        }
        switch self {
        case .column(let index, _): return index < names.count ? names[index] : "#\(index)"
        case .literal(let value, let type): return value.text(type)
        case .null: return "NULL"
        case .arithmetic(let op, let left, let right, _):
            return "(\(inner(left)) \(op.rawValue) \(inner(right)))"
        case .negation(let operand): return "-\(inner(operand))"
        case .comparison(let op, let left, let right):
            return "(\(inner(left)) \(op.rawValue) \(inner(right)))"
        case .distinct(let left, let right): return "(\(inner(left)) IS DISTINCT FROM \(inner(right)))"
        case .conjunction(let operands): return "(\(list(operands, " AND ")))"
        case .disjunction(let operands): return "(\(list(operands, " OR ")))"
        case .not(let operand): return "NOT \(inner(operand))"
        case .conditional(let branches, let otherwise, _):
            let whens = branches.map { "WHEN \(inner($0.condition)) THEN \(inner($0.result)) " }
            return "CASE " + whens.joined() + (otherwise.map { "ELSE \(inner($0)) " } ?? "") + "END"
        case .cast(let operand, let type): return "CAST(\(inner(operand)) AS \(type.sql))"
        case .like(let operand, let pattern, _): return "(\(inner(operand)) LIKE \(inner(pattern)))"
        case .among(let operand, let values): return "(\(inner(operand)) IN (\(list(values))))"
        case .isNull(let operand): return "(\(inner(operand)) IS NULL)"
        case .member(let operand, let index, _):
            guard case .structure(let fields) = operand.type else { return inner(operand) }
            return "\(inner(operand))->\(fields[index].name)"
        case .element(let operand, let index, _): return "\(inner(operand))[\(inner(index))]"
        case .array(let elements, _): return "ARRAY[\(list(elements))]"
        case .map(let keys, let values, _):
            return "MAP(" + zip(keys, values).map { "\(inner($0)) := \(inner($1))" }.joined(separator: ", ")
                + ")"
        case .structure(let members, _): return "STRUCT(\(list(members)))"
        case .call(let function, let arguments): return "\(function.name)(\(list(arguments)))"
        case .parameter(let number, _): return "x\(number + 1)"
        case .iteration(let iteration):
            let lambdas = iteration.lambdas.map { lambda in
                let parameters = lambda.parameters.indices.map { "x\(lambda.first + $0 + 1)" }
                let head = parameters.count == 1 ? parameters[0] : "(\(parameters.joined(separator: ", ")))"
                return "\(head) => \(inner(lambda.body))"
            }
            let values = [iteration.collection] + (iteration.initial.map { [$0] } ?? [])
            return "\(iteration.kind.rawValue)("
                + (values.map(inner) + lambdas).joined(separator: ", ") + ")"
        }
    }
}

extension Value {
    /// The value as SQL writes it.
    func text(_ type: DataType) -> String {
        switch self {
        case .null: return "NULL"
        case .boolean(let value): return value ? "TRUE" : "FALSE"
        case .integer(let value): return String(value)
        case .bigint(let value): return String(value)
        case .double(let value): return "\(value)"
        case .decimal(let unscaled, let scale): return Decimals.text(unscaled, scale: scale)
        case .string(let text):
            return "'"
                + text.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "''") + "'"
        case .date(let days): return "'\(Civil.dateText(days: Int(days)))'"
        case .time(let milliseconds): return "'\(Civil.timeText(milliseconds: Int(milliseconds)))'"
        case .timestamp(let milliseconds): return "'\(Civil.timestampText(milliseconds: milliseconds))'"
        default: return "\(self)"
        }
    }
}
