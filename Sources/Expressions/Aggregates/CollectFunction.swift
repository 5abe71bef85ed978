import Columnar

/// COLLECT_LIST, COLLECT_SET, and LATEST_ and EARLIEST_BY_OFFSET of several values.
///
/// State: how many values; a blob of them, encoded, in the order of the rows; when numbered, each behind its
/// number.
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
    private let isNumbered: Bool
    var stateBytes: Int { 16 }
    var blobOffsets: [Int] { [8] }
    var supportsUndo: Bool { kind == .list }

    /// Lists and sets are merged in the order of sessions, as ksqlDB does it.
    var numbered: (any AggregateFunction)? {
        guard kind == .earliest || kind == .latest, case .array(let element) = resultType else { return nil }
        return CollectFunction(
            element, kind: kind, limit: limit, ignoresNulls: ignoresNulls, isNumbered: true)
    }

    init(_ type: DataType, kind: Kind, limit: Int, ignoresNulls: Bool, isNumbered: Bool = false) {
        resultType = .array(type)
        self.kind = kind
        self.limit = limit
        self.ignoresNulls = ignoresNulls
        self.isNumbered = isNumbered
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
            if isNumbered { withUnsafeBytes(of: arguments[1].int64s[row]) { encoded += $0 } }
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
        if isNumbered { return mergeNumbered(source, into: target, blobs: blobs) }
        EntryList(blobs: blobs, reference: source + 8).forEach { entry in
            add(Array(entry.bytes), to: target, blobs)
            return true
        }
    }

    private func mergeNumbered(
        _ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap
    ) {
        var entries: [[UInt8]] = []
        for state in [target, source] {
            EntryList(blobs: blobs, reference: state + 8).forEach { entry in
                entries.append(Array(entry.bytes))
                return true
            }
        }
        func number(_ entry: [UInt8]) -> Int64 { entry.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) } }
        entries.sort { number($0) < number($1) }
        blobs.release(at: target + 8)
        target.storeBytes(of: 0, as: Int64.self)
        for entry in entries { add(entry, to: target, blobs) }
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let builder = ColumnBuilder(type: resultType, capacity: count)
        for index in 0..<count {
            EntryList(blobs: blobs, reference: states[index] + 8).forEach { entry in
                var position = isNumbered ? 8 : 0
                RowCodec.decode(entry.bytes, &position, into: builder.children[0])
                return true
            }
            builder.endList()
        }
        return builder.finish()
    }
}
