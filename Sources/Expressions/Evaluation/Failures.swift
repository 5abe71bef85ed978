import Columnar

/// The rows for which a kernel could compute nothing, and why.
final class Failures {
    let count: Int
    /// All failed rows; nil while there are none.
    private(set) var rows: Bitmap?
    private(set) var byReason: [EvaluationFailure: Bitmap] = [:]

    /// Failures inside of nested values, which leave their rows as they are.
    private(set) var inside: [EvaluationFailure: Int] = [:]

    init(count: Int) { self.count = count }

    /// Takes over what failed in a child column.
    func absorb(_ child: Failures) {
        for (reason, rows) in child.byReason { inside[reason, default: 0] += rows.countOfOnes }
        for (reason, number) in child.inside { inside[reason, default: 0] += number }
    }

    func mark(_ row: Int, _ reason: EvaluationFailure) {
        let all = rows ?? Bitmap(repeating: false, count: count)
        all.set(row)
        rows = all
        if let bits = byReason[reason] {
            bits.set(row)
        } else {
            let bits = Bitmap(repeating: false, count: count)
            bits.set(row)
            byReason[reason] = bits
        }
    }

    /// Marks rows only where `validity` has them: a kernel may stumble over what stands in a NULL's slot.
    func mark(_ row: Int, _ reason: EvaluationFailure, ifValid validity: Bitmap?) {
        if let validity, !validity[row] { return }
        mark(row, reason)
    }

    /// `validity` without the failed rows.
    func removed(from validity: Bitmap?) -> Bitmap? {
        guard let rows else { return validity }
        return validity?.subtracting(rows) ?? rows.inverted
    }
}
