import Columnar

/// Single numbers of any type as DOUBLE.
enum Numbers {
    @inline(__always)
    static func double(_ column: Column, _ row: Int) -> Double {
        switch column.type {
        case .integer: return Double(column.int32s[row])
        case .bigint: return Double(column.int64s[row])
        case .decimal(_, let scale): return Decimals.double(column.decimals[row], scale: scale)
        default: return column.doubles[row]
        }
    }
}
