import Columnar
import Diagnostics
import Language

/// Refuses pull queries that look at a whole table, where a setting forbids it: what is left names keys.
struct TableScanCheck {
    let source: Relation
    let statement: Statement
    let settings: Settings

    /// What a part of the condition says about one key column.
    private enum Comparison {
        case isEqual
        case isWithin
    }

    func check(_ condition: Language.Expression?) throws(Diagnostic) {
        guard settings.text("ksql.query.pull.table.scan.enabled") == "false" else { return }
        guard let condition else { throw refusal("no WHERE clause names a key") }
        for part in alternatives(condition) { try check(alternative: part) }
    }

    private func check(alternative: [Language.Expression]) throws(Diagnostic) {
        var found: [String: [Comparison]] = [:]
        for condition in alternative {
            guard let (name, comparison) = comparison(condition) else { continue }
            found[name, default: []].append(comparison)
        }
        let names = source.keys.map(\.name)
        guard !found.isEmpty else { throw refusal("WHERE compares no key column with a value") }
        if let missing = names.first(where: { found[$0] == nil }) {
            throw refusal("WHERE does not compare \(missing), a part of the key")
        }
        for name in names {
            let comparisons = found[name] ?? []
            if comparisons.contains(.isEqual) { continue }
            // One bound of one text key is a range that is read in the key's order.
            let allowsRanges = settings.text("ksql.query.pull.range.scan.enabled") != "false"
            guard allowsRanges, names.count == 1, comparisons.count == 1, source.windowing == nil,
                source.keys.first?.type == .string
            else { throw refusal("WHERE compares \(name) with a range") }
        }
    }

    private func refusal(_ reason: String) -> Diagnostic {
        Diagnostic(
            .invalidStatement, "\(reason), and whole tables are not looked at",
            at: statement.location(of: statement.span),
            hint: "compare the key with =, or SET 'ksql.query.pull.table.scan.enabled' = 'true'")
    }

    /// The condition as alternatives, of each all parts that must hold.
    private func alternatives(_ condition: Language.Expression) -> [[Language.Expression]] {
        switch condition.kind {
        case .logical(.or, let left, let right): return alternatives(left) + alternatives(right)
        case .logical(.and, let left, let right):
            let others = alternatives(right)
            return alternatives(left).flatMap { first in others.map { first + $0 } }
        default: return [[condition]]
        }
    }

    private func comparison(_ condition: Language.Expression) -> (String, Comparison)? {
        switch condition.kind {
        case .comparison(let op, let left, let right):
            guard let name = key(left) ?? key(right) else { return nil }
            if hasColumns(key(left) == nil ? left : right) { return nil }
            switch op {
            case .equal: return (name, .isEqual)
            case .less, .lessOrEqual, .greater, .greaterOrEqual: return (name, .isWithin)
            default: return nil
            }
        case .inList(let operand, let list, false):
            guard let name = key(operand), !list.contains(where: hasColumns) else { return nil }
            return (name, .isEqual)
        case .between(let operand, _, _, false): return key(operand).map { ($0, .isWithin) }
        default: return nil
        }
    }

    private func key(_ syntax: Language.Expression) -> String? {
        guard case .column(_, let name) = syntax.kind else { return nil }
        return source.keys.contains { $0.name == name.text } ? name.text : nil
    }

    private func hasColumns(_ syntax: Language.Expression) -> Bool {
        if case .column = syntax.kind { return true }
        return syntax.kind.operands.contains(where: hasColumns)
    }
}
