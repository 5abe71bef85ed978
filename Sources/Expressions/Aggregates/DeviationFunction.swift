import Columnar

/// STDDEV_SAMPLE and STDDEV_SAMP, of which ksqlDB gives the latter as the variance: the sample's, 0 below
/// two values.
///
/// State: the number of values, their sum, and the sum of their squared distances from the mean (Welford's
/// method, which undo runs backwards).
struct DeviationFunction: AggregateFunction {
    private let type: DataType
    private let isRoot: Bool
    var resultType: DataType { .double }
    var stateBytes: Int { 24 }
    var supportsUndo: Bool { true }

    private struct State {
        var count: Int64
        var sum: Double
        var squares: Double
    }

    /// - Parameter root: whether the result is the standard deviation and not the variance.
    init(_ type: DataType, root: Bool) {
        self.type = type
        isRoot = root
    }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        StateLoop.forEach(arguments[0], rows, states, count) { row, place in
            let state = place.assumingMemoryBound(to: State.self)
            let value = Numbers.double(arguments[0], row)
            state.pointee.count += 1
            state.pointee.sum += value
            let number = Double(state.pointee.count)
            let distance = value * number - state.pointee.sum
            if number > 1 { state.pointee.squares += distance * distance / (number * (number - 1)) }
        }
    }

    func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        StateLoop.forEach(arguments[0], rows, states, count) { row, place in
            let state = place.assumingMemoryBound(to: State.self)
            let value = Numbers.double(arguments[0], row)
            let number = Double(state.pointee.count)
            let distance = value * number - state.pointee.sum
            if number > 1 { state.pointee.squares -= distance * distance / (number * (number - 1)) }
            state.pointee.count -= 1
            state.pointee.sum -= value
        }
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        let (a, b) = (target.load(as: State.self), source.load(as: State.self))
        guard b.count > 0 else { return }
        guard a.count > 0 else { return target.storeBytes(of: b, as: State.self) }
        let (m, n) = (Double(a.count), Double(b.count))
        let distance = b.sum / n - a.sum / m
        let merged = State(
            count: a.count + b.count, sum: a.sum + b.sum,
            squares: a.squares + b.squares + distance * distance * m * n / (m + n))
        target.storeBytes(of: merged, as: State.self)
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let values = Buffer(capacity: count * 8)
        let out = values.pointer.assumingMemoryBound(to: Double.self)
        for index in 0..<count {
            let state = states[index].load(as: State.self)
            let variance = state.count > 1 ? state.squares / Double(state.count - 1) : 0
            out[index] = isRoot ? variance.squareRoot() : variance
        }
        return .fixed(.double, count: count, validity: nil, values: values)
    }
}
