import Columnar

/// SUM_LIST: the sum of the elements of ARRAYs; NULL arrays and elements are ignored. State: SUM's.
struct SumListFunction: AggregateFunction {
    private let sum: SumFunction
    var resultType: DataType { sum.resultType }
    var stateBytes: Int { sum.stateBytes }
    var supportsUndo: Bool { true }

    init(_ element: DataType) { sum = SumFunction(element) }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        flattened(arguments[0], rows, states, count) { elements, rows, states, count in
            sum.update([elements], rows: rows, states: states, count: count, blobs: blobs)
        }
    }

    func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        flattened(arguments[0], rows, states, count) { elements, rows, states, count in
            sum.undo([elements], rows: rows, states: states, count: count, blobs: blobs)
        }
    }

    /// Each element with its row's state.
    private func flattened(
        _ column: Column, _ rows: UnsafePointer<Int32>, _ states: UnsafePointer<UnsafeMutableRawPointer>,
        _ count: Int,
        _ body: (Column, UnsafePointer<Int32>, UnsafePointer<UnsafeMutableRawPointer>, Int) -> Void
    ) {
        var elements: [Int32] = []
        var owners: [UnsafeMutableRawPointer] = []
        StateLoop.forEach(column, rows, states, count) { row, state in
            for element in column.range(at: row) {
                elements.append(Int32(element))
                owners.append(state)
            }
        }
        elements.withUnsafeBufferPointer { elements in
            owners.withUnsafeBufferPointer { owners in
                guard let first = elements.baseAddress, let state = owners.baseAddress else { return }
                body(column.children[0], first, state, elements.count)
            }
        }
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        sum.merge(source, into: target, blobs: blobs)
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        sum.results(states, count: count, blobs: blobs)
    }
}
