/// Whether computing an expression can fail for a row, so that it matters for which rows it is computed.
enum Fallibility {
    /// - Parameter inLambda: arithmetic fails there for want of an operand too.
    static func canFail(_ expression: Expression, inLambda: Bool) -> Bool {
        (inLambda ? isFallibleInLambda(expression) : isFallible(expression))
            || expression.operands.contains { canFail($0, inLambda: inLambda) }
    }

    private static func isFallibleInLambda(_ expression: Expression) -> Bool {
        refusesNulls(expression) || isFallible(expression)
    }

    /// Whether a NULL operand is an error in a lambda.
    static func refusesNulls(_ expression: Expression) -> Bool {
        switch expression {
        case .arithmetic(_, _, _, let type): return type != .string
        case .negation: return true
        default: return false
        }
    }

    private static func isFallible(_ expression: Expression) -> Bool {
        switch expression {
        case .arithmetic(let op, _, _, let type):
            if type == .double || type == .string { return false }
            if case .decimal(let precision, _) = type, precision < 38, op != .divide, op != .remainder {
                return false
            }
            return true
        case .negation(let operand): return operand.type == .integer || operand.type == .bigint
        case .cast(let operand, let type): return type != .string && !TypeRules.widens(operand.type, to: type)
        case .call, .iteration: return true
        default: return false
        }
    }
}
