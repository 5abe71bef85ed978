import Columnar

/// SUM: 0 without a value; NULL when the sum leaves the range of its type, which is the argument's.
///
/// State: Int128 for INTEGER, BIGINT and DECIMAL, so that a sum may leave the range and come back; Double
/// for DOUBLE, added up in the order of the rows.
struct SumFunction: AggregateFunction {
    let resultType: DataType
    var stateBytes: Int { resultType == .double ? 8 : 16 }
    var supportsUndo: Bool { true }

    /// A sum that not even 128 bits hold; stays what it is.
    private static let lost = Int128.min

    init(_ type: DataType) { resultType = type }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        let column = arguments[0]
        switch resultType {
        case .integer:
            let values = column.int32s
            StateLoop.forEach(column, rows, states, count) { row, state in
                state.decimal &+= Int128(values[row])
            }
        case .bigint:
            let values = column.int64s
            StateLoop.forEach(column, rows, states, count) { row, state in
                state.decimal &+= Int128(values[row])
            }
        case .double:
            let values = column.doubles
            StateLoop.forEach(column, rows, states, count) { row, state in
                state.assumingMemoryBound(to: Double.self).pointee += values[row]
            }
        default:
            let values = column.decimals
            StateLoop.forEach(column, rows, states, count) { row, state in
                SumFunction.add(values[row], to: state)
            }
        }
    }

    func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        let column = arguments[0]
        StateLoop.forEach(column, rows, states, count) { row, state in
            switch resultType {
            case .integer: state.decimal &-= Int128(column.int32s[row])
            case .bigint: state.decimal &-= Int128(column.int64s[row])
            case .double: state.assumingMemoryBound(to: Double.self).pointee -= column.doubles[row]
            default: SumFunction.add(0 &- column.decimals[row], to: state)
            }
        }
    }

    @inline(__always)
    private static func add(_ value: Int128, to state: UnsafeMutableRawPointer) {
        let before = state.decimal
        let (sum, overflow) = before.addingReportingOverflow(value)
        state.decimal = overflow || before == lost ? lost : sum
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        if resultType == .double {
            target.assumingMemoryBound(to: Double.self).pointee += source.load(as: Double.self)
        } else if source.decimal == SumFunction.lost {
            target.decimal = SumFunction.lost
        } else {
            SumFunction.add(source.decimal, to: target)
        }
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let builder = ColumnBuilder(type: resultType, capacity: count)
        for index in 0..<count {
            let state = states[index]
            switch resultType {
            case .double: builder.append(state.load(as: Double.self))
            case .integer:
                if let sum = Int32(exactly: state.decimal) {
                    builder.append(sum)
                } else {
                    builder.appendNull()
                }
            case .bigint:
                if let sum = Int64(exactly: state.decimal) {
                    builder.append(sum)
                } else {
                    builder.appendNull()
                }
            case .decimal(let precision, _):
                if Decimals.fits(state.decimal, precision: precision) {
                    builder.append(state.decimal)
                } else {
                    builder.appendNull()
                }
            default: preconditionFailure("SUM of \(resultType.sql)")
            }
        }
        return builder.finish()
    }
}
