import Columnar

/// TOPK and TOPKDISTINCT: the greatest values, the greatest first; of equal ones the earlier. NULLs are
/// ignored.
///
/// State: how many; a blob of entries, sorted, each a key that orders by bytes (the tag says how long it
/// is), then the encoded value, or a structure of it and the further columns.
struct TopFunction: AggregateFunction {
    let resultType: DataType
    private let limit: Int
    private let isDistinct: Bool
    private let hasColumns: Bool
    var stateBytes: Int { 16 }
    var blobOffsets: [Int] { [8] }

    /// - Parameter columns: types of the columns that accompany the value.
    init(_ type: DataType, columns: [DataType], limit: Int, distinct: Bool) {
        hasColumns = !columns.isEmpty
        let accompanied = [Field("sort_col", type)] + columns.enumerated().map { Field("col\($0)", $1) }
        resultType = .array(columns.isEmpty ? type : .structure(accompanied))
        self.limit = limit
        isDistinct = distinct
    }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        var entry: [UInt8] = []
        StateLoop.forEach(arguments[0], rows, states, count) { row, state in
            entry.removeAll(keepingCapacity: true)
            OrderedKey.append(arguments[0], row, to: &entry)
            let keyBytes = entry.count
            if hasColumns { entry.append(1) }
            for column in hasColumns ? arguments : [arguments[0]] {
                RowCodec.encode(column, row, into: &entry)
            }
            add(entry, keyBytes: keyBytes, to: state, blobs)
        }
    }

    private func add(
        _ new: [UInt8], keyBytes: Int, to state: UnsafeMutableRawPointer, _ blobs: BlobHeap
    ) {
        let held = state.assumingMemoryBound(to: Int64.self)
        let list = EntryList(blobs: blobs, reference: state + 8)
        var place: Int?
        var (last, end) = (0, 0)
        var isKnown = false
        new.withUnsafeBytes { new in
            let key = UnsafeRawBufferPointer(rebasing: new[..<keyBytes])
            list.forEach { entry in
                let other = UnsafeRawBufferPointer(rebasing: entry.bytes[..<entry.tag])
                let order = ExtremeFunction.order(key, other)
                if isDistinct, order == 0 {
                    isKnown = true
                    return false
                }
                if place == nil, order > 0 { place = entry.start }
                (last, end) = (entry.start, entry.end)
                return true
            }
        }
        if isKnown { return }
        if held.pointee >= limit {
            guard let place else { return }
            list.truncate(to: last)
            list.insert(new, tag: keyBytes, at: place)
            return
        }
        list.insert(new, tag: keyBytes, at: place ?? end)
        held.pointee += 1
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        EntryList(blobs: blobs, reference: source + 8).forEach { entry in
            add(Array(entry.bytes), keyBytes: entry.tag, to: target, blobs)
            return true
        }
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let builder = ColumnBuilder(type: resultType, capacity: count)
        for index in 0..<count {
            EntryList(blobs: blobs, reference: states[index] + 8).forEach { entry in
                var position = entry.tag
                RowCodec.decode(entry.bytes, &position, into: builder.children[0])
                return true
            }
            builder.endList()
        }
        return builder.finish()
    }
}
