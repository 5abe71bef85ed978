import Columnar

/// Functions about NULL, and those that choose among their arguments.
enum NullFunctions {
    static let entries: [ScalarFunction] = [
        ScalarFunction(
            "COALESCE",
            signatures: [Signature([.any(0)], repeats: true, strict: false, result: { $0[0] }, coalesce)]),
        ScalarFunction(
            "IFNULL",
            signatures: [Signature([.any(0), .any(0)], strict: false, result: { $0[0] }, coalesce)]),
        ScalarFunction(
            "NULLIF",
            signatures: [Signature([.any(0), .any(0)], strict: false, result: { $0[0] }, nullIf)]),
        ScalarFunction(
            "AS_VALUE",
            signatures: [Signature([.any(0)], strict: false, result: { $0[0] }, coalesce)]),
        ScalarFunction(
            "GREATEST", objection: ambiguity,
            signatures: [
                Signature([.ordered(0)], repeats: true, strict: false, result: { $0[0] }) {
                    extreme($0, .greater)
                }
            ]),
        ScalarFunction(
            "LEAST", objection: ambiguity,
            signatures: [
                Signature([.ordered(0)], repeats: true, strict: false, result: { $0[0] }) {
                    extreme($0, .less)
                }
            ]),
    ]

    /// The first argument that is not NULL.
    @Sendable private static func coalesce(_ call: Invocation) -> Column {
        var open = Bitmap(repeating: true, count: call.count)
        var blend = Blend(type: call.type, count: call.count)
        for operand in call.operands {
            let valid = operand.validWords(call.count)
            let rows = valid.map { $0.intersection(open) } ?? open
            blend.add(operand, rows: rows)
            open = open.subtracting(rows)
            if open.isEmpty { break }
        }
        return blend.finish()
    }

    /// The first argument, or NULL where it equals the second.
    @Sendable private static func nullIf(_ call: Invocation) -> Column {
        let (first, second) = (call.operands[0], call.operands[1])
        let equal = ComparisonKernel.bits(.equal, first, second, count: call.count)
        equal.keep(first.validWords(call.count))
        equal.keep(second.validWords(call.count))
        return first.expanded(to: call.count).masked(by: equal.inverted)
    }

    /// The greatest or least argument that is not NULL.
    private static func extreme(_ call: Invocation, _ op: ComparisonOperator) -> Column {
        var best = call.operands[0].expanded(to: call.count)
        for operand in call.operands.dropFirst() {
            let wins = ComparisonKernel.bits(op, operand, Operand(best), count: call.count)
            wins.keep(best.validity)
            let takes = best.validity.map { wins.union($0.inverted) } ?? wins
            takes.keep(operand.validWords(call.count))
            var blend = Blend(type: call.type, count: call.count)
            blend.add(operand, rows: takes)
            blend.add(Operand(best), rows: takes.inverted)
            best = blend.finish()
        }
        return best
    }

    /// Different types meet only where one of them is DOUBLE, or where all are DECIMAL.
    @Sendable private static func ambiguity(_ types: [DataType?]) -> String? {
        let given = Set(types.compactMap { $0 })
        if types.isEmpty { return "does not accept parameters" }
        let areDecimals = given.allSatisfy { if case .decimal = $0 { return true } else { return false } }
        let isPlain = given.count == 1 || given.contains(.double) || (areDecimals && !given.isEmpty)
        return isPlain ? nil : "cannot be resolved due to ambiguous parameters"
    }
}
