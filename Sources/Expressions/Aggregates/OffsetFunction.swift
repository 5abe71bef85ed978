import Columnar

/// LATEST_BY_OFFSET and EARLIEST_BY_OFFSET of one value, of any type.
///
/// State: a word (0 nothing yet, 1 a value, 2 a NULL), then the value of fixed width or the blob of any
/// other.
struct OffsetFunction: AggregateFunction {
    let resultType: DataType
    private let isLatest: Bool
    private let ignoresNulls: Bool
    private var isFixed: Bool { resultType.width > 0 && !resultType.isText }
    var stateBytes: Int { 8 + (isFixed ? max(8, resultType.width) : 8) }
    var blobOffsets: [Int] { isFixed ? [] : [8] }

    init(_ type: DataType, latest: Bool, ignoresNulls: Bool) {
        resultType = type
        isLatest = latest
        self.ignoresNulls = ignoresNulls
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
            guard column.isValid(row) else {
                if !ignoresNulls { state.storeBytes(of: 2, as: Int64.self) }
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
        guard given != 0, isLatest || held == 0 else { return }
        target.storeBytes(of: given, as: Int64.self)
        guard given == 1 else { return }
        if isFixed {
            (target + 8).copyMemory(from: source + 8, byteCount: stateBytes - 8)
        } else if let bytes = blobs.bytes(at: source + 8) {
            blobs.replace(at: target + 8, with: bytes)
        }
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
