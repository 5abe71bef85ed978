import Columnar

/// AVG, a DOUBLE: 0 without a value. State: the number of values; their sum as DOUBLE, of DECIMALs as exact
/// Int128.
struct AverageFunction: AggregateFunction {
    private let type: DataType
    private let scale: Int?
    var resultType: DataType { .double }
    var stateBytes: Int { scale == nil ? 16 : 24 }
    var supportsUndo: Bool { true }

    init(_ type: DataType) {
        self.type = type
        if case .decimal(_, let scale) = type { self.scale = scale } else { scale = nil }
    }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) { fold(1, arguments[0], rows, states, count) }

    func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) { fold(-1, arguments[0], rows, states, count) }

    private func fold(
        _ sign: Int64, _ column: Column, _ rows: UnsafePointer<Int32>,
        _ states: UnsafePointer<UnsafeMutableRawPointer>, _ count: Int
    ) {
        let factor = Double(sign)
        switch type {
        case .integer: add(sign, column, rows, states, count) { Double(column.int32s[$0]) * factor }
        case .bigint: add(sign, column, rows, states, count) { Double(column.int64s[$0]) * factor }
        case .double: add(sign, column, rows, states, count) { column.doubles[$0] * factor }
        default:
            let values = column.decimals
            StateLoop.forEach(column, rows, states, count) { row, state in
                state.assumingMemoryBound(to: Int64.self).pointee &+= sign
                (state + 8).decimal &+= values[row] &* Int128(sign)
            }
        }
    }

    @inline(__always)
    private func add(
        _ sign: Int64, _ column: Column, _ rows: UnsafePointer<Int32>,
        _ states: UnsafePointer<UnsafeMutableRawPointer>, _ count: Int, _ value: (Int) -> Double
    ) {
        StateLoop.forEach(column, rows, states, count) { row, state in
            state.assumingMemoryBound(to: Int64.self).pointee &+= sign
            (state + 8).assumingMemoryBound(to: Double.self).pointee += value(row)
        }
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        target.assumingMemoryBound(to: Int64.self).pointee &+= source.load(as: Int64.self)
        if scale == nil {
            (target + 8).assumingMemoryBound(to: Double.self).pointee +=
                (source + 8).load(as: Double.self)
        } else {
            (target + 8).decimal &+= (source + 8).decimal
        }
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let values = Buffer(capacity: count * 8)
        let out = values.pointer.assumingMemoryBound(to: Double.self)
        for index in 0..<count {
            let number = states[index].load(as: Int64.self)
            let sum = states[index] + 8
            let total = scale.map { Decimals.double(sum.decimal, scale: $0) } ?? sum.load(as: Double.self)
            out[index] = number == 0 ? 0 : total / Double(number)
        }
        return .fixed(.double, count: count, validity: nil, values: values)
    }
}
