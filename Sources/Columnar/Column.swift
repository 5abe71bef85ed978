/// The values of one column of a batch: immutable, shared between batches without copying.
///
/// A row that `validity` marks 0 is NULL; its slot in the values buffer holds a harmless value (zero, an
/// empty view), so kernels may compute over it without a branch.
public final class Column: @unchecked Sendable {
    /// Where the values are; which case it is follows from `type`.
    public enum Storage {
        case bits(Bitmap)
        case fixed(Buffer)
        /// `StringView`s, and the buffers that the long ones point into.
        case views(Buffer, data: [Buffer])
        /// `count + 1` Int32 offsets into the child's rows.
        case list(offsets: Buffer, elements: Column)
        case map(offsets: Buffer, keys: Column, values: Column)
        case structure([Column])
    }

    public let type: DataType
    public let count: Int
    /// nil when no row is NULL.
    public let validity: Bitmap?
    public let storage: Storage

    @usableFromInline let valuesPointer: UnsafeMutableRawPointer
    /// The start of each data buffer of a STRING or BYTES column.
    public let dataBases: UnsafeMutablePointer<UnsafeRawPointer>
    private let dataBaseCount: Int

    public init(type: DataType, count: Int, validity: Bitmap?, storage: Storage) {
        precondition(validity == nil || validity?.count == count, "validity covers the rows")
        self.type = type
        self.count = count
        self.validity = validity
        self.storage = storage
        var bases: [Buffer] = []
        switch storage {
        case .bits(let bitmap): valuesPointer = bitmap.buffer.pointer
        case .fixed(let buffer):
            precondition(buffer.capacity >= count * type.width, "values cover the rows")
            valuesPointer = buffer.pointer
        case .views(let buffer, let data):
            precondition(buffer.capacity >= count * 16, "views cover the rows")
            valuesPointer = buffer.pointer
            bases = data
        case .list(let offsets, _), .map(let offsets, _, _):
            precondition(offsets.capacity >= (count + 1) * 4, "offsets cover the rows")
            valuesPointer = offsets.pointer
        case .structure: valuesPointer = Column.nothing.pointer
        }
        dataBaseCount = bases.count
        dataBases = .allocate(capacity: max(1, bases.count))
        dataBases.initialize(to: UnsafeRawPointer(Column.nothing.pointer))
        for (index, buffer) in bases.enumerated() { dataBases[index] = UnsafeRawPointer(buffer.pointer) }
    }

    deinit { dataBases.deallocate() }

    static let nothing = Buffer(capacity: 64, zeroed: true)

    // MARK: Values. The caller knows the type; a wrong one is a programmer's error that `type` would show.

    @inlinable public var int32s: UnsafeMutablePointer<Int32> {
        valuesPointer.assumingMemoryBound(to: Int32.self)
    }
    @inlinable public var int64s: UnsafeMutablePointer<Int64> {
        valuesPointer.assumingMemoryBound(to: Int64.self)
    }
    @inlinable public var doubles: UnsafeMutablePointer<Double> {
        valuesPointer.assumingMemoryBound(to: Double.self)
    }
    @inlinable public var decimals: UnsafeMutablePointer<Int128> {
        valuesPointer.assumingMemoryBound(to: Int128.self)
    }
    @inlinable public var views: UnsafeMutablePointer<StringView> {
        valuesPointer.assumingMemoryBound(to: StringView.self)
    }
    /// Offsets of an ARRAY or MAP column.
    @inlinable public var offsets: UnsafeMutablePointer<Int32> { int32s }

    /// The bits of a BOOLEAN column.
    public var booleans: Bitmap {
        guard case .bits(let bitmap) = storage else { preconditionFailure("\(type.sql) has no bits") }
        return bitmap
    }

    /// The data buffers of a STRING or BYTES column.
    public var dataBuffers: [Buffer] {
        if case .views(_, let data) = storage { return data }
        return []
    }

    /// Child columns: the element; key and value; the members.
    public var children: [Column] {
        switch storage {
        case .list(_, let elements): return [elements]
        case .map(_, let keys, let values): return [keys, values]
        case .structure(let members): return members
        default: return []
        }
    }

    @inlinable public func isValid(_ row: Int) -> Bool { validity.map { $0[row] } ?? true }

    public var nullCount: Int { validity.map { count - $0.countOfOnes } ?? 0 }

    /// The bytes of a STRING or BYTES row, valid while the column lives.
    @inlinable public func bytes(at row: Int) -> UnsafeRawBufferPointer {
        let view = views[row]
        if view.isInline {
            return UnsafeRawBufferPointer(start: UnsafeRawPointer(views + row) + 4, count: view.length)
        }
        return UnsafeRawBufferPointer(start: dataBases[view.bufferIndex] + view.offset, count: view.length)
    }

    /// The text of a STRING row; invalid UTF-8 is mended with U+FFFD.
    public func string(at row: Int) -> String {
        String(decoding: bytes(at: row), as: UTF8.self)
    }
}

extension Column {
    public static func fixed(_ type: DataType, count: Int, validity: Bitmap?, values: Buffer) -> Column {
        Column(type: type, count: count, validity: validity, storage: .fixed(values))
    }

    public static func booleans(_ bits: Bitmap, validity: Bitmap? = nil) -> Column {
        Column(type: .boolean, count: bits.count, validity: validity, storage: .bits(bits))
    }

    /// A column of `count` NULLs.
    public static func nulls(_ type: DataType, count: Int) -> Column {
        let none = Bitmap(repeating: false, count: count)
        if type.isText {
            let views = Buffer(capacity: count * 16, zeroed: true)
            return Column(type: type, count: count, validity: none, storage: .views(views, data: []))
        }
        if type.width > 0 {
            let values = Buffer(capacity: count * type.width, zeroed: true)
            return .fixed(type, count: count, validity: none, values: values)
        }
        let builder = ColumnBuilder(type: type, capacity: count)
        for _ in 0..<count { builder.appendNull() }
        return builder.finish()
    }

    /// `value` in each of `count` rows.
    public static func constant(_ value: Value, type: DataType, count: Int) -> Column {
        let one = ColumnBuilder(type: type, capacity: 1)
        one.append(value)
        let column = one.finish()
        let zeros = Buffer(capacity: count * 4, zeroed: true)
        return column.gather(Selection(buffer: zeros, count: count))
    }
}
