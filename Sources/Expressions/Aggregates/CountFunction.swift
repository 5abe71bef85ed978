import Columnar

/// COUNT(*), COUNT(x) and COUNT_DISTINCT(x). State: how many.
struct CountFunction: AggregateFunction {
    let countsDistinct: Bool
    var resultType: DataType { .bigint }
    var stateBytes: Int { 8 }
    var supportsUndo: Bool { true }

    init(distinct: Bool) { countsDistinct = distinct }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) { add(1, arguments, rows, states, count) }

    func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) { add(-1, arguments, rows, states, count) }

    private func add(
        _ step: Int64, _ arguments: [Column], _ rows: UnsafePointer<Int32>,
        _ states: UnsafePointer<UnsafeMutableRawPointer>, _ count: Int
    ) {
        guard let validity = arguments.first?.validity else {
            for index in 0..<count { states[index].assumingMemoryBound(to: Int64.self).pointee &+= step }
            return
        }
        for index in 0..<count {
            let state = states[index].assumingMemoryBound(to: Int64.self)
            state.pointee &+= validity[Int(rows[index])] ? step : 0
        }
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        target.assumingMemoryBound(to: Int64.self).pointee &+= source.load(as: Int64.self)
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let values = Buffer(capacity: count * 8)
        let out = values.pointer.assumingMemoryBound(to: Int64.self)
        for index in 0..<count { out[index] = states[index].load(as: Int64.self) }
        return .fixed(.bigint, count: count, validity: nil, values: values)
    }
}
