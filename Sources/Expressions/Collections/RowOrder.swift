import Columnar

/// The order of single values: for sorting and for the extremes of collections.
enum RowOrder {
    /// Below, at or above zero; both rows are valid and of one type that has an order or is BOOLEAN.
    static func compare(_ left: Column, _ i: Int, _ right: Column, _ j: Int) -> Int {
        func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }
        switch left.type {
        case .boolean: return order(left.booleans[i] ? 1 : 0, right.booleans[j] ? 1 : 0)
        case .integer, .date, .time: return order(left.int32s[i], right.int32s[j])
        case .bigint, .timestamp: return order(left.int64s[i], right.int64s[j])
        case .double: return order(left.doubles[i], right.doubles[j])
        case .decimal: return order(left.decimals[i], right.decimals[j])
        case .string, .bytes:
            return StringView.compare(left.views + i, left.dataBases, right.views + j, right.dataBases)
        case .array, .map, .structure: return 0
        }
    }
}
