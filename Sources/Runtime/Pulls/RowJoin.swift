import Columnar
import Diagnostics
import Expressions
import Planning

/// Joins rows that are there: each left row with all right rows of the same keys, in the order of the left,
/// then of the right; at last right rows without a partner, where these stay.
struct RowJoin {
    private let plan: JoinPlan
    private let clock: Int64
    private let maximumRows: Int

    init(_ plan: JoinPlan, clock: Int64, maximumRows: Int) {
        self.plan = plan
        self.clock = clock
        self.maximumRows = maximumRows
    }

    private static let none = Int32(-1)

    func rows(_ left: RowBlock, _ right: RowBlock) throws(Diagnostic) -> RowBlock {
        let (lefts, rights) = try pairs(keys(plan.leftKeys, left), keys(plan.rightKeys, right))
        var columns = [Column](repeating: RowBatch.absent, count: plan.output.width)
        for (index, column) in left.columns.enumerated() {
            columns[plan.leftStart + index] = Self.gather(column, lefts)
        }
        for (index, column) in right.columns.enumerated() {
            columns[plan.rightStart + index] = Self.gather(column, rights)
        }
        // The joined row's own time is the later of its rows'.
        let times = [
            columns[plan.leftStart + plan.left.position(of: .rowTime)],
            columns[plan.rightStart + plan.right.position(of: .rowTime)],
        ]
        for position in plan.output.columns.count..<plan.output.width {
            columns[position] = .nulls(JoinSideLayout.type(position, plan.output), count: lefts.count)
        }
        columns[plan.output.position(of: .rowTime)] = .bigints(
            (0..<lefts.count).map { row in
                times.reduce(Int64.min) { $1.isValid(row) ? max($0, $1.int64s[row]) : $0 }
            })
        return RowBlock(columns: columns, count: lefts.count)
    }

    /// What is compared, and the rows in which none of it is NULL.
    private struct Keys {
        let prints: [Fingerprint]
        let isKeyed: Bitmap?

        func hasKey(_ row: Int) -> Bool { isKeyed.map { $0[row] } ?? true }
    }

    private func keys(_ expressions: [Expression], _ rows: RowBlock) -> Keys {
        let columns = CompiledExpressions(expressions).evaluate(
            rows.columns, count: rows.count, context: EvaluationContext(clock: clock))
        return Keys(
            prints: TableSideRows.fingerprints(
                columns, rows.count, Fingerprint(low: 0x6A6F_696E, high: 0x726F_7773)),
            isKeyed: columns.reduce(Bitmap?.none) { Bitmap.intersection($0, $1.validity) })
    }

    private func pairs(_ left: Keys, _ right: Keys) throws(Diagnostic) -> ([Int32], [Int32]) {
        // For each key its first right row, and for each right row the next of the same key.
        var first: [Fingerprint: Int32] = [:]
        first.reserveCapacity(right.prints.count)
        var next = [Int32](repeating: Self.none, count: right.prints.count)
        for row in right.prints.indices.reversed() where right.hasKey(row) {
            let number = Int32(truncatingIfNeeded: row)
            if let other = first.updateValue(number, forKey: right.prints[row]) { next[row] = other }
        }
        var isMet = [Bool](repeating: false, count: right.prints.count)
        var lefts: [Int32] = []
        var rights: [Int32] = []
        for row in left.prints.indices {
            var partner = left.hasKey(row) ? first[left.prints[row]] ?? Self.none : Self.none
            if partner == Self.none, plan.kind.keepsLeft {
                lefts.append(Int32(truncatingIfNeeded: row))
                rights.append(Self.none)
            }
            while partner != Self.none {
                isMet[Int(partner)] = true
                lefts.append(Int32(truncatingIfNeeded: row))
                rights.append(partner)
                partner = next[Int(partner)]
                try PullAnswering.check(lefts.count, maximumRows)
            }
        }
        if plan.kind.keepsRight {
            for row in isMet.indices where !isMet[row] {
                lefts.append(Self.none)
                rights.append(Int32(truncatingIfNeeded: row))
            }
        }
        try PullAnswering.check(lefts.count, maximumRows)
        return (lefts, rights)
    }

    /// The rows named, NULL for none.
    private static func gather(_ column: Column, _ rows: [Int32]) -> Column {
        guard rows.contains(none) else { return column.gather(Selection(rows)) }
        let last = Int32(truncatingIfNeeded: column.count)
        return Column.concatenate([column, .nulls(column.type, count: 1)]).gather(
            Selection(rows.map { $0 == none ? last : $0 }))
    }
}
