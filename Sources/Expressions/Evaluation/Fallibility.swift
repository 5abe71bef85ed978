/// Whether computing an expression can fail for a row, so that it matters for which rows it is computed.
enum Fallibility {
    static func canFail(_ expression: Expression) -> Bool {
        isFallible(expression) || expression.operands.contains(where: canFail)
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
        case .call: return true
        default: return false
        }
    }
}
