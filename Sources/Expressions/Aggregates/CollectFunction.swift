import Columnar

/// COLLECT_LIST, COLLECT_SET, and LATEST_ and EARLIEST_BY_OFFSET of several values.
///
/// State: how many values; a blob of them, encoded, in the order of the rows.
struct CollectFunction: AggregateFunction {
    enum Kind: Sendable {
        /// The first values, up to the limit. NULLs count.
        case list
        /// The first distinct values, up to the limit. NULL is one of them.
        case set
        case earliest
        case latest
    }

    let resultType: DataType
    private let kind: Kind
    private let limit: Int
    private let ignoresNulls: Bool
    var stateBytes: Int { 16 }
    var blobOffsets: [Int] { [8] }
    var supportsUndo: Bool { kind == .list }

    init(_ type: DataType, kind: Kind, limit: Int, ignoresNulls: Bool) {
        resultType = .array(type)
        self.kind = kind
        self.limit = limit
        self.ignoresNulls = ignoresNulls
    }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        var encoded: [UInt8] = []
        for index in 0..<count {
            let row = Int(rows[index])
            if ignoresNulls, !arguments[0].isValid(row) { continue }
            encoded.removeAll(keepingCapacity: true)
            RowCodec.encode(arguments[0], row, into: &encoded)
            add(encoded, to: states[index], blobs)
        }
    }

    private func add(_ encoded: [UInt8], to state: UnsafeMutableRawPointer, _ blobs: BlobHeap) {
        let held = state.assumingMemoryBound(to: Int64.self)
        let list = EntryList(blobs: blobs, reference: state + 8)
        if held.pointee >= limit {
            guard kind == .latest else { return }
            var first: EntryList.Entry?
            list.forEach {
                first = $0
                return false
            }
            if let first { list.remove(first) }
            held.pointee -= 1
        }
        if kind == .set, list.find(encoded) != nil { return }
        list.append(encoded)
        held.pointee += 1
    }

    /// Takes the last equal value out.
    func undo(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        for index in 0..<count {
            var encoded: [UInt8] = []
            RowCodec.encode(arguments[0], Int(rows[index]), into: &encoded)
            let list = EntryList(blobs: blobs, reference: states[index] + 8)
            var last: EntryList.Entry?
            list.forEach { entry in
                if entry.bytes.elementsEqual(encoded) { last = entry }
                return true
            }
            guard let last else { continue }
            list.remove(last)
            states[index].assumingMemoryBound(to: Int64.self).pointee -= 1
        }
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        EntryList(blobs: blobs, reference: source + 8).forEach { entry in
            add(Array(entry.bytes), to: target, blobs)
            return true
        }
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let builder = ColumnBuilder(type: resultType, capacity: count)
        for index in 0..<count {
            EntryList(blobs: blobs, reference: states[index] + 8).forEach { entry in
                var position = 0
                RowCodec.decode(entry.bytes, &position, into: builder.children[0])
                return true
            }
            builder.endList()
        }
        return builder.finish()
    }
}
