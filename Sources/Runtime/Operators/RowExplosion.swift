import Columnar
import Expressions
import Planning

/// Makes a row for each element of arrays: `EXPLODE(array)`.
struct RowExplosion {
    private let plan: QueryPlan
    /// Positions of the input's columns that are read behind it.
    private let needed: Set<Int>
    private let arrays: [CompiledExpressions]

    init(_ plan: QueryPlan, needed: Set<Int>, slots: Int) {
        self.plan = plan
        self.needed = needed
        let expressions = plan.tableFunctions.map(\.argument)
        arrays = (0..<slots).map { _ in CompiledExpressions(expressions, salt: 4) }
    }

    /// Hands on the rows, which wait for their numbers; in parts, for one row may make many.
    ///
    /// Behind the input's columns stand the elements, and behind these the number of each among its record's.
    func forEachPart(of batch: RowBatch, _ slot: Slot, _ body: (RowBatch) -> Void) {
        let batch = batch.withValues
        let lists = arrays[slot.index].evaluate(batch.columns, count: batch.count, context: slot.context)
        let alive = batch.selection ?? .all(batch.count)
        var part = Part(width: lists.count)
        for index in 0..<alive.count {
            let row = alive.rows[index]
            let ranges = lists.map { Self.elements(of: $0, Int(row)) }
            for number in 0..<(ranges.map(\.count).max() ?? 0) {
                part.add(row, number, ranges)
                if part.rows.count == Batch.rowLimit {
                    body(made(part, batch, lists))
                    part = Part(width: lists.count)
                }
            }
        }
        if !part.rows.isEmpty { body(made(part, batch, lists)) }
    }

    /// Tells the rows of one record apart.
    func elementNumbers(_ batch: RowBatch) -> Column {
        batch.columns[plan.input.width + plan.tableFunctions.count]
    }

    private static func elements(of list: Column, _ row: Int) -> Range<Int32> {
        list.isValid(row) ? list.offsets[row]..<list.offsets[row + 1] : 0..<0
    }

    /// Rows that are made, as rows of the input and of the arrays' elements; -1 where an array has ended.
    private struct Part {
        var rows: [Int32] = []
        var numbers: [Int64] = []
        var picks: [[Int32]]

        init(width: Int) { picks = Array(repeating: [], count: width) }

        mutating func add(_ row: Int32, _ number: Int, _ ranges: [Range<Int32>]) {
            rows.append(row)
            numbers.append(Int64(number))
            for (index, range) in ranges.enumerated() {
                picks[index].append(number < range.count ? range.lowerBound + Int32(number) : -1)
            }
        }
    }

    private func made(_ part: Part, _ batch: RowBatch, _ lists: [Column]) -> RowBatch {
        let rows = Selection(part.rows)
        var result = batch.gathered(rows, needed: needed)
        result.time = ChunkTime(rowsOf: batch, rows)
        result.origin = nil
        for (list, picks) in zip(lists, part.picks) {
            result.columns.append(list.children[0].gatheredOrNull(picks))
        }
        result.columns.append(.bigints(part.numbers))
        return result
    }
}

extension Column {
    /// The rows that `picks` names, NULL for -1.
    fileprivate func gatheredOrNull(_ picks: [Int32]) -> Column {
        guard picks.contains(-1) else { return gather(Selection(picks)) }
        let present = Bitmap(repeating: true, count: picks.count)
        for (index, pick) in picks.enumerated() where pick < 0 { present.clear(index) }
        if count == 0 { return .nulls(type, count: picks.count) }
        let taken = gather(Selection(picks.map { max(0, $0) }))
        return Column(
            type: taken.type, count: taken.count, validity: Bitmap.intersection(taken.validity, present),
            storage: taken.storage)
    }
}
