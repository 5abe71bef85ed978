import Columnar

/// Puts rows in order by several columns.
///
/// NULL is behind all values, so is NaN among numbers; texts go by their bytes. Rows that are equal keep
/// their order.
enum RowSort {
    /// The rows' numbers in order, the first `limit` of them.
    static func order(
        _ keys: [(column: Column, isDescending: Bool)], count: Int, limit: Int? = nil
    ) -> [Int32] {
        let ranks = keys.map { Self.ranks($0.column, count: count, isDescending: $0.isDescending) }
        var rows = Array(0..<Int32(count))
        rows.sort { left, right in
            for rank in ranks where rank[Int(left)] != rank[Int(right)] {
                return rank[Int(left)] < rank[Int(right)]
            }
            return left < right
        }
        if let limit, limit < rows.count { rows.removeLast(rows.count - limit) }
        return rows
    }

    /// For each row a number that is lower where the value comes first, and the same for equal values.
    private static func ranks(_ column: Column, count: Int, isDescending: Bool) -> [Int32] {
        switch column.type {
        case .boolean:
            let bits = column.booleans
            return ranks(column, count, isDescending, { bits[$0] == bits[$1] }) { !bits[$0] && bits[$1] }
        case .integer, .date, .time:
            let values = column.int32s
            return ranks(column, count, isDescending, { values[$0] == values[$1] }) {
                values[$0] < values[$1]
            }
        case .bigint, .timestamp:
            let values = column.int64s
            return ranks(column, count, isDescending, { values[$0] == values[$1] }) {
                values[$0] < values[$1]
            }
        case .decimal:
            let values = column.decimals
            return ranks(column, count, isDescending, { values[$0] == values[$1] }) {
                values[$0] < values[$1]
            }
        case .double:
            let values = column.doubles
            return ranks(
                column, count, isDescending,
                { values[$0] == values[$1] || values[$0].isNaN && values[$1].isNaN }
            ) { left, right in
                values[left] < values[right] || values[right].isNaN && !values[left].isNaN
            }
        case .string, .bytes:
            let views = column.views
            let bases = column.dataBases
            func compare(_ left: Int, _ right: Int) -> Int {
                StringView.compare(views + left, bases, views + right, bases)
            }
            return ranks(column, count, isDescending, { compare($0, $1) == 0 }) { compare($0, $1) < 0 }
        case .array, .map, .structure: preconditionFailure("\(column.type.sql) has no order")
        }
    }

    private static func ranks(
        _ column: Column, _ count: Int, _ isDescending: Bool, _ isEqual: (Int, Int) -> Bool,
        _ isBefore: (Int, Int) -> Bool
    ) -> [Int32] {
        let valid = (0..<count).filter { column.isValid($0) }
        let sorted = valid.sorted(by: isBefore)
        // NULL's, which in the other direction comes first.
        var ranks = [Int32](repeating: isDescending ? -1 : .max, count: count)
        var rank: Int32 = 0
        for (place, row) in sorted.enumerated() {
            if place > 0, !isEqual(sorted[place - 1], row) { rank += 1 }
            ranks[row] = rank
        }
        guard isDescending else { return ranks }
        for row in valid { ranks[row] = rank - ranks[row] }
        return ranks
    }
}
