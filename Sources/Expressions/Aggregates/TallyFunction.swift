import Columnar

/// HISTOGRAM: how often each STRING comes. ATTR: the one value that all rows have, NULL when they differ.
///
/// State: how many different values; a blob of them with their counts, in the order of their first rows.
struct TallyFunction: AggregateFunction {
    let resultType: DataType
    private let isHistogram: Bool
    /// Further values of a histogram are left out.
    private static let limit = 1000
    var stateBytes: Int { 16 }
    var blobOffsets: [Int] { [8] }
    var supportsUndo: Bool { true }

    init(histogramOf type: DataType) {
        resultType = .map(key: type, value: .bigint)
        isHistogram = true
    }

    init(attributeOf type: DataType) {
        resultType = type
        isHistogram = false
    }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) { tally(1, arguments[0], rows, states, count, blobs) }

    func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) { tally(-1, arguments[0], rows, states, count, blobs) }

    private func tally(
        _ step: Int64, _ column: Column, _ rows: UnsafePointer<Int32>,
        _ states: UnsafePointer<UnsafeMutableRawPointer>, _ count: Int, _ blobs: BlobHeap
    ) {
        var encoded: [UInt8] = []
        for index in 0..<count {
            let row = Int(rows[index])
            if isHistogram, !column.isValid(row) { continue }
            encoded.removeAll(keepingCapacity: true)
            RowCodec.encode(column, row, into: &encoded)
            add(step, encoded, to: states[index], blobs)
        }
    }

    private func add(
        _ step: Int64, _ encoded: [UInt8], to state: UnsafeMutableRawPointer, _ blobs: BlobHeap
    ) {
        let held = state.assumingMemoryBound(to: Int64.self)
        let list = EntryList(blobs: blobs, reference: state + 8)
        if let entry = list.find(encoded) {
            if entry.number + step > 0 { return list.setNumber(entry.number + step, of: entry) }
            list.remove(entry)
            held.pointee -= 1
        } else if step > 0, !isHistogram || held.pointee < TallyFunction.limit {
            list.append(encoded, number: step)
            held.pointee += 1
        }
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        EntryList(blobs: blobs, reference: source + 8).forEach { entry in
            add(entry.number, Array(entry.bytes), to: target, blobs)
            return true
        }
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let builder = ColumnBuilder(type: resultType, capacity: count)
        for index in 0..<count {
            if !isHistogram, states[index].load(as: Int64.self) != 1 {
                builder.appendNull()
                continue
            }
            EntryList(blobs: blobs, reference: states[index] + 8).forEach { entry in
                var position = 0
                RowCodec.decode(entry.bytes, &position, into: isHistogram ? builder.children[0] : builder)
                if isHistogram { builder.children[1].append(entry.number) }
                return true
            }
            if isHistogram { builder.endList() }
        }
        return builder.finish()
    }
}
