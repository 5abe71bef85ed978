import Columnar

/// LAG: the value of an earlier row of the group, counted back from its last.
///
/// State: that of the last n + 1 values.
struct LagFunction: AggregateFunction {
    let resultType: DataType
    private let distance: Int
    private let last: any AggregateFunction
    var stateBytes: Int { last.stateBytes }
    var blobOffsets: [Int] { last.blobOffsets }

    var numbered: (any AggregateFunction)? {
        last.numbered.map { LagFunction(resultType, distance: distance, last: $0) }
    }

    init(_ type: DataType, distance: Int) {
        self.init(
            type, distance: distance,
            last: CollectFunction(type, kind: .latest, limit: distance + 1, ignoresNulls: false))
    }

    private init(_ type: DataType, distance: Int, last: any AggregateFunction) {
        resultType = type
        self.distance = distance
        self.last = last
    }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) { last.update(arguments, rows: rows, states: states, count: count, blobs: blobs) }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        last.merge(source, into: target, blobs: blobs)
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let lists = last.results(states, count: count, blobs: blobs)
        let found = Bitmap(repeating: false, count: count)
        var picks: [Int32] = []
        for row in 0..<count {
            let range = lists.range(at: row)
            if range.count > distance { found.set(row) }
            picks.append(range.count > distance ? Int32(truncatingIfNeeded: range.lowerBound) : 0)
        }
        let values = lists.children[0]
        if values.count == 0 { return .nulls(resultType, count: count) }
        return values.gather(Selection(picks)).masked(by: found)
    }
}
