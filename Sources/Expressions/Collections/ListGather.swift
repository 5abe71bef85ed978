import Columnar

/// Puts lists together from rows of child columns: which rows, and where each list ends.
struct ListGather {
    private var picks: [Int32] = []
    private let offsets: Buffer
    private let ends: UnsafeMutablePointer<Int32>
    private var rows = 0

    init(count: Int) {
        offsets = Buffer(capacity: (count + 1) * 4)
        ends = offsets.pointer.assumingMemoryBound(to: Int32.self)
        ends[0] = 0
    }

    mutating func add(_ row: Int) { picks.append(Int32(truncatingIfNeeded: row)) }

    /// Rows that the list of now has.
    var current: ArraySlice<Int32> { picks[Int(ends[rows])...] }

    mutating func endList() {
        rows += 1
        ends[rows] = Int32(truncatingIfNeeded: picks.count)
    }

    func list(of elements: Column, type: DataType, validity: Bitmap?) -> Column {
        Column(
            type: type, count: rows, validity: validity,
            storage: .list(offsets: offsets, elements: elements.gather(Selection(picks))))
    }

    func map(_ keys: Column, _ values: Column, type: DataType, validity: Bitmap?) -> Column {
        let selection = Selection(picks)
        return Column(
            type: type, count: rows, validity: validity,
            storage: .map(offsets: offsets, keys: keys.gather(selection), values: values.gather(selection)))
    }
}

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
