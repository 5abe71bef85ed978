import Columnar

/// The order of two values of one flat type, as Parquet's statistics have it.
enum ValueOrder {
    static func isLess(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.boolean(let a), .boolean(let b)): return !a && b
        case (.integer(let a), .integer(let b)), (.date(let a), .date(let b)), (.time(let a), .time(let b)):
            return a < b
        case (.bigint(let a), .bigint(let b)), (.timestamp(let a), .timestamp(let b)): return a < b
        case (.double(let a), .double(let b)): return a < b
        case (.decimal(let a, _), .decimal(let b, _)): return a < b
        case (.string(let a), .string(let b)): return a.utf8.lexicographicallyPrecedes(b.utf8)
        case (.bytes(let a), .bytes(let b)): return a.lexicographicallyPrecedes(b)
        default: return false
        }
    }
}
