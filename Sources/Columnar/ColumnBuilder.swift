import Glibc

/// Builds a column row by row.
///
/// Text is copied into buffers of the builder's own, or shared when `appendView` is used with buffers that
/// `share` has named. Nested columns are built through `children`.
public final class ColumnBuilder {
    public let type: DataType
    public private(set) var count = 0
    private var capacity: Int
    private var values: Buffer
    private var validity: Bitmap
    private var nullCount = 0
    /// Element; key and value; members.
    public let children: [ColumnBuilder]
    private var data: [Buffer] = []
    private var heapUsed = 0
    private var heapIndex = -1

    public init(type: DataType, capacity: Int = 64) {
        self.type = type
        self.capacity = max(64, capacity)
        values = Buffer(capacity: ColumnBuilder.valueBytes(type, self.capacity), zeroed: true)
        validity = Bitmap(repeating: false, count: self.capacity)
        switch type {
        case .array(let element): children = [ColumnBuilder(type: element, capacity: capacity)]
        case .map(let key, let value):
            children = [
                ColumnBuilder(type: key, capacity: capacity), ColumnBuilder(type: value, capacity: capacity),
            ]
        case .structure(let fields):
            children = fields.map { ColumnBuilder(type: $0.type, capacity: capacity) }
        default: children = []
        }
    }

    private static func valueBytes(_ type: DataType, _ capacity: Int) -> Int {
        switch type {
        case .boolean: return Bitmap.bytes(for: capacity)
        case .array, .map: return (capacity + 1) * 4
        case .structure: return 0
        default: return capacity * type.width
        }
    }

    private func grow() {
        let larger = capacity * 2
        values = values.grown(
            to: ColumnBuilder.valueBytes(type, larger), keeping: ColumnBuilder.valueBytes(type, capacity))
        let bits = validity.buffer.grown(
            to: Bitmap.bytes(for: larger), keeping: Bitmap.bytes(for: capacity))
        validity = Bitmap(buffer: bits, count: larger)
        capacity = larger
    }

    /// Starts the next row, valid unless told otherwise; returns its number.
    private func next(valid: Bool = true) -> Int {
        if count == capacity { grow() }
        let row = count
        count += 1
        if valid { validity.set(row) } else { nullCount += 1 }
        return row
    }

    // MARK: One row

    public func appendNull() {
        let row = next(valid: false)
        switch type {
        case .array, .map: closeList(row)
        case .structure: for child in children { child.appendNull() }
        case .boolean: break
        default: memset(values.pointer + row * type.width, 0, type.width)
        }
    }

    public func appendNulls(_ nulls: Int) {
        guard children.isEmpty else {
            for _ in 0..<nulls { appendNull() }
            return
        }
        // Rows that nothing was written to are zero, and not valid.
        while count + nulls > capacity { grow() }
        count += nulls
        nullCount += nulls
    }

    public func append(_ value: Bool) {
        let row = next()
        if value { Bitmap(buffer: values, count: capacity).set(row) }
    }

    /// INTEGER, DATE, TIME.
    public func append(_ value: Int32) {
        let row = next()
        values.pointer.storeBytes(of: value, toByteOffset: row * 4, as: Int32.self)
    }

    /// BIGINT, TIMESTAMP.
    public func append(_ value: Int64) {
        let row = next()
        values.pointer.storeBytes(of: value, toByteOffset: row * 8, as: Int64.self)
    }

    public func append(_ value: Double) {
        let row = next()
        values.pointer.storeBytes(of: value, toByteOffset: row * 8, as: Double.self)
    }

    /// DECIMAL, unscaled at the type's scale.
    public func append(_ value: Int128) {
        let row = next()
        values.pointer.storeBytes(of: value, toByteOffset: row * 16, as: Int128.self)
    }

    /// STRING or BYTES, copied.
    public func append(_ bytes: UnsafeRawBufferPointer) {
        let row = next()
        let view: StringView
        if bytes.count <= StringView.inlineLimit {
            var padded: (UInt64, UInt64) = (0, 0)
            view = withUnsafeMutableBytes(of: &padded) { raw in
                raw.copyMemory(from: bytes)
                return raw.baseAddress.map { StringView(short: $0, length: bytes.count) } ?? StringView()
            }
        } else {
            let offset = reserveHeap(bytes.count)
            let heap = data[heapIndex]
            if let base = bytes.baseAddress { memcpy(heap.pointer + offset, base, bytes.count) }
            view = StringView(base: heap.pointer, buffer: heapIndex, offset: offset, length: bytes.count)
        }
        values.pointer.storeBytes(of: view.low, toByteOffset: row * 16, as: UInt64.self)
        values.pointer.storeBytes(of: view.high, toByteOffset: row * 16 + 8, as: UInt64.self)
    }

    public func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Makes a buffer known to which `appendView` may point; returns its index.
    public func share(_ buffer: Buffer) -> Int {
        data.append(buffer)
        return data.count - 1
    }

    /// STRING or BYTES, pointing into a shared buffer.
    public func appendView(_ view: StringView) {
        let row = next()
        values.pointer.storeBytes(of: view.low, toByteOffset: row * 16, as: UInt64.self)
        values.pointer.storeBytes(of: view.high, toByteOffset: row * 16 + 8, as: UInt64.self)
    }

    /// Ends a row of an ARRAY or MAP after its elements were appended to `children`.
    public func endList() { closeList(next()) }

    /// Ends a row of a STRUCT after each member was appended to `children`.
    public func endStructure() { _ = next() }

    private func closeList(_ row: Int) {
        values.pointer.storeBytes(
            of: Int32(children[0].count), toByteOffset: (row + 1) * 4, as: Int32.self)
    }

    private func reserveHeap(_ bytes: Int) -> Int {
        if heapIndex < 0 || heapUsed + bytes > data[heapIndex].capacity {
            let last = heapIndex < 0 ? 2048 : data[heapIndex].capacity
            data.append(Buffer(capacity: max(bytes, min(last * 2, 1 << 22))))
            heapIndex = data.count - 1
            heapUsed = 0
        }
        defer { heapUsed += bytes }
        return heapUsed
    }

    // MARK: Whole values

    /// Appends a value of the builder's type (or NULL). Any other type is a programmer's error.
    public func append(_ value: Value) {
        switch (value, type) {
        case (.null, _): appendNull()
        case (.boolean(let value), .boolean): append(value)
        case (.integer(let value), .integer), (.date(let value), .date), (.time(let value), .time):
            append(value)
        case (.bigint(let value), .bigint), (.timestamp(let value), .timestamp): append(value)
        case (.double(let value), .double): append(value)
        case (.decimal(let unscaled, let scale), .decimal(_, let expected)):
            precondition(scale == expected, "a decimal value has its column's scale")
            append(unscaled)
        case (.string(let value), .string): append(value)
        case (.bytes(let value), .bytes): value.withUnsafeBytes { append($0) }
        case (.array(let elements), .array):
            for element in elements { children[0].append(element) }
            endList()
        case (.map(let entries), .map):
            for entry in entries {
                children[0].append(entry.key)
                children[1].append(entry.value)
            }
            endList()
        case (.structure(let members), .structure):
            precondition(members.count == children.count, "a structure has all its members")
            for (child, member) in zip(children, members) { child.append(member) }
            endStructure()
        default: preconditionFailure("\(value) is not of type \(type.sql)")
        }
    }

    /// Undoes rows from `newCount` on, children included. For decoders that find a row bad half-way: what
    /// was appended to the children of a row that has not been ended goes too.
    public func truncate(to newCount: Int) {
        guard newCount <= count else { return }
        for row in newCount..<count {
            if validity[row] { validity.clear(row) } else { nullCount -= 1 }
            if type == .boolean { Bitmap(buffer: values, count: capacity).clear(row) }
        }
        count = newCount
        switch type {
        case .array, .map:
            let end = values.pointer.load(fromByteOffset: newCount * 4, as: Int32.self)
            for child in children { child.truncate(to: Int(end)) }
        case .structure: for child in children { child.truncate(to: newCount) }
        default: break
        }
    }

    /// The column of all rows so far. The builder must not be used again.
    public func finish() -> Column {
        let valid = nullCount == 0 ? nil : Bitmap(buffer: validity.buffer, count: count)
        let storage: Column.Storage
        switch type {
        case .boolean: storage = .bits(Bitmap(buffer: values, count: count))
        case .string, .bytes: storage = .views(values, data: data)
        case .array: storage = .list(offsets: values, elements: children[0].finish())
        case .map:
            storage = .map(offsets: values, keys: children[0].finish(), values: children[1].finish())
        case .structure: storage = .structure(children.map { $0.finish() })
        default: storage = .fixed(values)
        }
        return Column(type: type, count: count, validity: valid, storage: storage)
    }
}
