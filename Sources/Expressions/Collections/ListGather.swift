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
