import Columnar

/// LATEST_BY_OFFSET and EARLIEST_BY_OFFSET of one value, of any type.
///
/// State: a word (0 nothing yet, 1 a value, 2 a NULL), then the value of fixed width or the blob of any
/// other; when numbered, the number of its row behind it.
struct OffsetFunction: AggregateFunction {
    let resultType: DataType
    private let isLatest: Bool
    private let ignoresNulls: Bool
    private let isNumbered: Bool
    private var isFixed: Bool { resultType.width > 0 && !resultType.isText }
    private var valueBytes: Int { isFixed ? max(8, resultType.width) : 8 }
    private var numberOffset: Int { 8 + valueBytes }
    var stateBytes: Int { numberOffset + (isNumbered ? 8 : 0) }
    var blobOffsets: [Int] { isFixed ? [] : [8] }

    var numbered: (any AggregateFunction)? {
        OffsetFunction(resultType, latest: isLatest, ignoresNulls: ignoresNulls, isNumbered: true)
    }

    init(_ type: DataType, latest: Bool, ignoresNulls: Bool, isNumbered: Bool = false) {
        resultType = type
        isLatest = latest
        self.ignoresNulls = ignoresNulls
        self.isNumbered = isNumbered
    }

    func update(
        _ arguments: [Column], rows: UnsafePointer<Int32>, states: UnsafePointer<UnsafeMutableRawPointer>,
        count: Int, blobs: BlobHeap
    ) {
        let column = arguments[0]
        var encoded: [UInt8] = []
        for index in 0..<count {
            let (row, state) = (Int(rows[index]), states[index])
            if !isLatest, state.load(as: Int64.self) != 0 { continue }
            guard column.isValid(row) || !ignoresNulls else { continue }
            if isNumbered {
                state.storeBytes(of: arguments[1].int64s[row], toByteOffset: numberOffset, as: Int64.self)
            }
            guard column.isValid(row) else {
                state.storeBytes(of: 2, as: Int64.self)
                continue
            }
            state.storeBytes(of: 1, as: Int64.self)
            switch resultType {
            case .integer, .date, .time: (state + 8).storeBytes(of: column.int32s[row], as: Int32.self)
            case .bigint, .timestamp, .double: (state + 8).storeBytes(of: column.int64s[row], as: Int64.self)
            case .decimal: (state + 8).decimal = column.decimals[row]
            case .string, .bytes: blobs.replace(at: state + 8, with: column.bytes(at: row))
            default:
                encoded.removeAll(keepingCapacity: true)
                RowCodec.encode(column, row, into: &encoded)
                encoded.withUnsafeBytes { blobs.replace(at: state + 8, with: $0) }
            }
        }
    }

    func merge(_ source: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, blobs: BlobHeap) {
        let given = source.load(as: Int64.self)
        let held = target.load(as: Int64.self)
        guard given != 0, held == 0 || replaces(source, target) else { return }
        target.storeBytes(of: given, as: Int64.self)
        if isNumbered {
            (target + numberOffset).copyMemory(from: source + numberOffset, byteCount: 8)
        }
        guard given == 1 else { return }
        if isFixed {
            (target + 8).copyMemory(from: source + 8, byteCount: valueBytes)
        } else if let bytes = blobs.bytes(at: source + 8) {
            blobs.replace(at: target + 8, with: bytes)
        }
    }

    /// Whether the value of `source` wins over that of `target`.
    private func replaces(_ source: UnsafeMutableRawPointer, _ target: UnsafeMutableRawPointer) -> Bool {
        guard isNumbered else { return isLatest }
        let given = source.load(fromByteOffset: numberOffset, as: Int64.self)
        let held = target.load(fromByteOffset: numberOffset, as: Int64.self)
        return isLatest ? given > held : given < held
    }

    func results(
        _ states: UnsafePointer<UnsafeMutableRawPointer>, count: Int, blobs: BlobHeap
    ) -> Column {
        let builder = ColumnBuilder(type: resultType, capacity: count)
        for index in 0..<count {
            let state = states[index]
            if state.load(as: Int64.self) != 1 {
                builder.appendNull()
            } else if isFixed {
                builder.appendFixed(state + 8)
            } else if let bytes = blobs.bytes(at: state + 8) {
                var position = 0
                if resultType.isText {
                    builder.append(bytes)
                } else {
                    RowCodec.decode(bytes, &position, into: builder)
                }
            } else {
                builder.appendNull()
            }
        }
        return builder.finish()
    }
}
