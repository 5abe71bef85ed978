import Columnar

/// CORRELATION: Pearson's coefficient of two numbers; NaN below two pairs. Pairs with a NULL are ignored.
///
/// State: the number of pairs and the sums of x, y, x·y, x², y².
struct CorrelationFunction: AggregateFunction {
    var resultType: DataType { .double }
    var stateBytes: Int { 48 }
    var supportsUndo: Bool { true }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) { fold(1, arguments, rows, states, count) }

    func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) { fold(-1, arguments, rows, states, count) }

    private func fold(
        _ sign: Double, _ arguments: [Column], _ rows: UnsafePointer<Int32>,
        _ states: UnsafePointer<UnsafeMutableRawPointer>, _ count: Int
    ) {
        StateLoop.forEach(arguments[0], rows, states, count) { row, place in
            guard arguments[1].isValid(row) else { return }
            let (x, y) = (Numbers.double(arguments[0], row), Numbers.double(arguments[1], row))
            let sums = place.assumingMemoryBound(to: Double.self)
            for (index, value) in [1, x, y, x * y, x * x, y * y].enumerated() { sums[index] += sign * value }
        }
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        let (sums, more) = (
            target.assumingMemoryBound(to: Double.self), source.assumingMemoryBound(to: Double.self)
        )
        for index in 0..<6 { sums[index] += more[index] }
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let values = Buffer(capacity: count * 8)
        let out = values.pointer.assumingMemoryBound(to: Double.self)
        for index in 0..<count {
            let sums = states[index].assumingMemoryBound(to: Double.self)
            let (n, x, y) = (sums[0], sums[1], sums[2])
            let spread = ((n * sums[4] - x * x) * (n * sums[5] - y * y)).squareRoot()
            out[index] = (n * sums[3] - x * y) / spread
        }
        return .fixed(.double, count: count, validity: nil, values: values)
    }
}
