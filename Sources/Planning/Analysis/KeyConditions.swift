import Columnar
import Expressions

/// Finds the keys that a condition names, so that rows can be looked up instead of gone through.
///
/// What it finds holds every row for which the condition is true, and perhaps others.
struct KeyConditions {
    let relation: Relation

    /// More alternatives than these are no shorter way.
    private static let limit = 1000

    /// The look-ups that find all rows of the condition; nil where it leaves a part of the key open.
    func lookups(_ condition: Expression?) -> [KeyLookup]? {
        guard relation.kind == .table, relation.keyCount > 0, let condition,
            let alternatives = alternatives(condition)
        else { return nil }
        var lookups: [KeyLookup] = []
        for alternative in alternatives {
            guard let lookup = lookup(alternative) else { return nil }
            if !lookups.contains(lookup) { lookups.append(lookup) }
        }
        return lookups
    }

    /// The condition as alternatives, of each all parts that must hold; nil where they are too many.
    private func alternatives(_ condition: Expression) -> [[Expression]]? {
        switch condition {
        case .disjunction(let operands):
            var all: [[Expression]] = []
            for operand in operands {
                guard let more = alternatives(operand), all.count + more.count <= Self.limit else {
                    return nil
                }
                all += more
            }
            return all
        case .conjunction(let operands):
            var all: [[Expression]] = [[]]
            for operand in operands {
                guard let more = alternatives(operand), all.count * more.count <= Self.limit else {
                    return nil
                }
                all = all.flatMap { first in more.map { first + $0 } }
            }
            return all
        case .among(let operand, let list) where isConstant(list) && list.count <= Self.limit:
            return list.map { [.comparison(.equal, operand, $0)] }
        default: return [[condition]]
        }
    }

    private func lookup(_ parts: [Expression]) -> KeyLookup? {
        var keys = [Expression?](repeating: nil, count: relation.keyCount)
        var windows: [KeyLookup.WindowComparison] = []
        for part in parts {
            guard case .comparison(let op, let left, let right) = part else { continue }
            note(op, left, right, &keys, &windows)
            note(op.mirrored, right, left, &keys, &windows)
        }
        let found = keys.compactMap { $0 }
        return found.count == keys.count ? KeyLookup(keys: found, windows: windows) : nil
    }

    private func note(
        _ op: ComparisonOperator, _ left: Expression, _ value: Expression, _ keys: inout [Expression?],
        _ windows: inout [KeyLookup.WindowComparison]
    ) {
        guard isConstant([value]) else { return }
        if op == .equal, let (key, value) = keyValue(left, value), keys[key] == nil { keys[key] = value }
        guard relation.windowing != nil, op != .notEqual, value.type == .bigint else { return }
        for bound in [PseudoColumn.windowStart, .windowEnd]
        where left == .column(relation.position(of: bound), .bigint) {
            windows.append(KeyLookup.WindowComparison(bound: bound, comparison: op, value: value))
        }
    }

    /// The key that is compared, and the one value of its type with which it may be equal.
    private func keyValue(_ operand: Expression, _ value: Expression) -> (Int, Expression)? {
        switch operand {
        case .column(let key, let type) where key < relation.keyCount:
            if value.type == type { return (key, value) }
            // DECIMALs of several scales are compared as they are.
            return (try? Expression.makeCast(value, to: type)).map { (key, $0) }
        case .cast(.column(let key, let type), let wider)
        where key < relation.keyCount && Self.isExact(type, wider):
            return (try? Expression.makeCast(value, to: type)).map { (key, $0) }
        default: return nil
        }
    }

    /// Whether no two values of a type are one value of the wider type.
    private static func isExact(_ type: DataType, _ wider: DataType) -> Bool {
        switch (type, wider) {
        case (.integer, .bigint), (.integer, .decimal), (.bigint, .decimal), (.decimal, .decimal),
            (.integer, .double):
            return true
        default: return false
        }
    }

    private func isConstant(_ values: [Expression]) -> Bool {
        values.allSatisfy { $0.columns.isEmpty && $0.isDeterministic }
    }
}
