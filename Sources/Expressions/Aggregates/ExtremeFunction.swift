import Columnar
import Glibc

/// MIN and MAX; NULL without a value.
///
/// State: of text a blob; else a word that is 1 once there is a value, and the value.
struct ExtremeFunction: AggregateFunction {
    let resultType: DataType
    private let isMaximum: Bool
    var stateBytes: Int { resultType.isText ? 8 : 8 + max(8, resultType.width) }
    var blobOffsets: [Int] { resultType.isText ? [0] : [] }

    init(_ type: DataType, maximum: Bool) {
        resultType = type
        isMaximum = maximum
    }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        let column = arguments[0]
        switch resultType {
        case .integer, .date, .time: keep(column.int32s, column, rows, states, count)
        case .bigint, .timestamp: keep(column.int64s, column, rows, states, count)
        case .double: keep(column.doubles, column, rows, states, count)
        case .decimal: keep(column.decimals, column, rows, states, count)
        default:
            StateLoop.forEach(column, rows, states, count) { row, state in
                keep(column.bytes(at: row), in: state, blobs)
            }
        }
    }

    @inline(__always)
    private func keep<T: Comparable & BitwiseCopyable>(
        _ values: UnsafeMutablePointer<T>, _ column: Column, _ rows: UnsafePointer<Int32>,
        _ states: UnsafePointer<UnsafeMutableRawPointer>, _ count: Int
    ) {
        StateLoop.forEach(column, rows, states, count) { row, state in keep(values[row], in: state) }
    }

    @inline(__always)
    private func keep<T: Comparable & BitwiseCopyable>(_ value: T, in state: UnsafeMutableRawPointer) {
        if state.load(as: Int64.self) != 0 {
            let best = (state + 8).loadUnaligned(as: T.self)
            guard isMaximum ? value > best : value < best else { return }
        }
        state.storeBytes(of: 1, as: Int64.self)
        (state + 8).storeBytes(of: value, as: T.self)
    }

    private func keep(
        _ value: UnsafeRawBufferPointer, in state: UnsafeMutableRawPointer, _ blobs: BlobHeap
    ) {
        if let best = blobs.bytes(at: state) {
            let order = ExtremeFunction.order(value, best)
            guard isMaximum ? order > 0 : order < 0 else { return }
        }
        blobs.replace(at: state, with: value)
    }

    static func order(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let common = min(left.count, right.count)
        if common > 0, let a = left.baseAddress, let b = right.baseAddress {
            let order = memcmp(a, b, common)
            if order != 0 { return Int(order) }
        }
        return left.count - right.count
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        if resultType.isText {
            if let value = blobs.bytes(at: source) { keep(value, in: target, blobs) }
            return
        }
        guard source.load(as: Int64.self) != 0 else { return }
        switch resultType {
        case .integer, .date, .time: keep((source + 8).load(as: Int32.self), in: target)
        case .bigint, .timestamp: keep((source + 8).load(as: Int64.self), in: target)
        case .double: keep((source + 8).load(as: Double.self), in: target)
        default: keep((source + 8).decimal, in: target)
        }
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let builder = ColumnBuilder(type: resultType, capacity: count)
        for index in 0..<count {
            let state = states[index]
            if resultType.isText {
                if let bytes = blobs.bytes(at: state) { builder.append(bytes) } else { builder.appendNull() }
            } else if state.load(as: Int64.self) == 0 {
                builder.appendNull()
            } else {
                builder.appendFixed(state + 8)
            }
        }
        return builder.finish()
    }
}

extension ColumnBuilder {
    /// Appends the value of fixed width that stands at `place`.
    func appendFixed(_ place: UnsafeMutableRawPointer) {
        switch type {
        case .integer, .date, .time: append(place.load(as: Int32.self))
        case .bigint, .timestamp: append(place.load(as: Int64.self))
        case .double: append(place.load(as: Double.self))
        case .decimal: append(place.decimal)
        default: preconditionFailure("\(type.sql) has no fixed width")
        }
    }
}
