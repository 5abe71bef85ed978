import Columnar
import Glibc

/// One column under construction, as the decoders' loops see it.
struct FieldSlot {
    let type: ScalarType
    var values: UnsafeMutableRawPointer
    var validity: UnsafeMutablePointer<UInt64>
    var nullCount: Int

    /// Marks the row NULL, with a harmless value in its place. May be repeated.
    @inline(__always)
    mutating func setNull(_ row: Int) {
        let bit: UInt64 = 1 << UInt64(row & 63)
        if validity[row >> 6] & bit != 0 {
            validity[row >> 6] &= ~bit
            nullCount &+= 1
        }
        store(ScalarBits(0 as Int64), row)
    }

    /// Takes back a NULL that was set for the row before.
    @inline(__always)
    mutating func setValid(_ row: Int) {
        let bit: UInt64 = 1 << UInt64(row & 63)
        if validity[row >> 6] & bit == 0 {
            validity[row >> 6] |= bit
            nullCount &-= 1
        }
    }

    @inline(__always)
    func store(_ bits: ScalarBits, _ row: Int) {
        switch type.kind {
        case .integer, .date, .time:
            values.storeBytes(
                of: UInt32(truncatingIfNeeded: bits.low), toByteOffset: row &* 4, as: UInt32.self)
        case .bigint, .timestamp, .double:
            values.storeBytes(of: bits.low, toByteOffset: row &* 8, as: UInt64.self)
        case .decimal, .string, .bytes:
            values.storeBytes(of: bits.low, toByteOffset: row &* 16, as: UInt64.self)
            values.storeBytes(of: bits.high, toByteOffset: row &* 16 &+ 8, as: UInt64.self)
        case .boolean:
            let words = values.assumingMemoryBound(to: UInt64.self)
            let bit: UInt64 = 1 << UInt64(row & 63)
            words[row >> 6] = bits.low != 0 ? words[row >> 6] | bit : words[row >> 6] & ~bit
        case .nested: break
        }
    }

    @inline(__always)
    func store(_ view: StringView, _ row: Int) {
        values.storeBytes(of: view.low, toByteOffset: row &* 16, as: UInt64.self)
        values.storeBytes(of: view.high, toByteOffset: row &* 16 &+ 8, as: UInt64.self)
    }
}

/// Where the frames of the records go.
struct FrameSlots {
    let starts: UnsafeMutablePointer<UInt32>
    let lengths: UnsafeMutablePointer<UInt32>
    /// Rows that there is room for, in the columns too.
    let capacity: Int

    init(_ starts: Buffer, _ lengths: Buffer, capacity: Int) {
        self.starts = starts.pointer.assumingMemoryBound(to: UInt32.self)
        self.lengths = lengths.pointer.assumingMemoryBound(to: UInt32.self)
        self.capacity = capacity
    }

    @inline(__always)
    func set(_ row: Int, start: Int, end: Int) {
        starts[row] = UInt32(truncatingIfNeeded: start)
        lengths[row] = UInt32(truncatingIfNeeded: end &- start)
    }

    /// A record without bytes.
    func setAbsent(_ row: Int, start: Int) {
        starts[row] = UInt32(truncatingIfNeeded: start)
        lengths[row] = RecordFrames.absent
    }
}

/// The columns and frames of the records that are being decoded.
///
/// Rows are written in place and may be written again until the next row begins. Nested columns are built row
/// by row in `builders`.
final class ColumnSlots {
    let fields: [DecodedField]
    let slots: UnsafeMutablePointer<FieldSlot>
    /// One for each field of a nested type.
    private(set) var builders: [ColumnBuilder?]
    /// Texts that are not in the decoded buffer as they are, and decoded BYTES.
    let side = ByteWriter(capacity: 1024)
    let timestamps: UnsafeMutablePointer<TimestampReader>

    private(set) var frames: FrameSlots
    private var capacity = 0
    private var values: [Buffer] = []
    private var validities: [Buffer] = []
    private var starts = Buffer(capacity: 0)
    private var lengths = Buffer(capacity: 0)
    /// Bytes of a record as measured so far, to guess how many rows a range holds.
    private var bytesPerRecord = 64

    init(_ fields: [DecodedField]) {
        self.fields = fields
        slots = .allocate(capacity: max(1, fields.count))
        timestamps = .allocate(capacity: 1)
        timestamps.initialize(to: TimestampReader())
        frames = FrameSlots(starts, lengths, capacity: 0)
        builders = []
        for (index, field) in fields.enumerated() {
            (slots + index).initialize(
                to: FieldSlot(
                    type: ScalarType(field.type), values: starts.pointer,
                    validity: starts.pointer.assumingMemoryBound(to: UInt64.self), nullCount: 0))
        }
    }

    deinit {
        slots.deallocate()
        timestamps.deallocate()
    }

    /// Begins with no rows and room for about as many as `bytes` bytes hold, at most `limit`.
    func begin(bytes: Int, limit: Int) {
        let guess = min(bytes / max(1, bytesPerRecord) + bytes / max(1, bytesPerRecord) / 8 + 64, limit)
        begin(rows: guess)
    }

    func begin(rows: Int) {
        capacity = max(64, (rows + 63) / 64 * 64)
        values = []
        validities = []
        builders = []
        starts = Buffer(capacity: capacity * 4)
        lengths = Buffer(capacity: capacity * 4)
        for (index, field) in fields.enumerated() {
            let isNested = FieldKind(field.type) == .nested
            values.append(ColumnSlots.valueBuffer(field.type, rows: capacity))
            let valid = Buffer(capacity: capacity / 8)
            memset(valid.pointer, 0xFF, valid.capacity)
            validities.append(valid)
            builders.append(isNested ? ColumnBuilder(type: field.type) : nil)
            slots[index].nullCount = 0
        }
        setPointers()
    }

    /// Doubles the room; `frames` and the slots' pointers are others then.
    @inline(never)
    func grow() {
        let old = capacity
        capacity = old * 2
        starts = starts.enlarged(to: capacity * 4, keeping: old * 4)
        lengths = lengths.enlarged(to: capacity * 4, keeping: old * 4)
        for (index, field) in fields.enumerated() {
            let isBits = field.type == .boolean
            let kept = isBits ? old / 8 : old * field.type.width
            let needed = isBits ? capacity / 8 : capacity * field.type.width
            values[index] = values[index].grown(to: needed, keeping: kept)
            let valid = validities[index].enlarged(to: capacity / 8, keeping: old / 8)
            memset(valid.pointer + old / 8, 0xFF, valid.capacity - old / 8)
            validities[index] = valid
        }
        setPointers()
    }

    private static func valueBuffer(_ type: DataType, rows: Int) -> Buffer {
        // Bits are set one by one into words that must not hold garbage for a sanitizer to find.
        type == .boolean
            ? Buffer(capacity: rows / 8, zeroed: true) : Buffer(capacity: rows * type.width)
    }

    private func setPointers() {
        for index in fields.indices {
            slots[index].values = values[index].pointer
            slots[index].validity = validities[index].pointer.assumingMemoryBound(to: UInt64.self)
        }
        frames = FrameSlots(starts, lengths, capacity: capacity)
    }

    /// The bytes of a row's record, whose frame is set; nil, and the row NULL, when there are none.
    @inline(__always)
    func place(_ row: Int, of records: RecordFrames, in buffer: Buffer) -> Range<Int>? {
        guard let range = records.range(row) else {
            setNull(row: row)
            frames.setAbsent(row, start: records.start(row))
            return nil
        }
        precondition(range.upperBound <= buffer.capacity, "frames are in the buffer")
        frames.set(row, start: range.lowerBound, end: range.upperBound)
        return range
    }

    /// Decodes messages: `read` stores a row, or says why it is none.
    @inline(__always)
    func decode(
        _ buffer: Buffer, _ messages: RecordFrames,
        _ read: (_ base: UnsafeRawPointer, _ range: Range<Int>, _ row: Int) -> DecodeError?
    ) -> DecodedRecords {
        begin(rows: messages.count)
        var errors: [DecodedRecords.RowError] = []
        let base = UnsafeRawPointer(buffer.pointer)
        var end = 0
        for row in 0..<messages.count {
            guard let range = place(row, of: messages, in: buffer) else { continue }
            end = range.upperBound
            if let reason = read(base, range, row) {
                setNull(row: row)
                errors.append(DecodedRecords.RowError(row: row, reason: reason))
            }
        }
        return finish(count: messages.count, buffer: buffer, errors: errors, consumed: 0..<end)
    }

    /// Makes the whole row NULL, whatever was written of it.
    func setNull(row: Int) {
        for index in fields.indices { setNull(field: index, row: row) }
    }

    @inline(__always)
    func setNull(field: Int, row: Int) {
        if slots[field].type.kind == .nested { return setNestedNull(field: field, row: row) }
        slots[field].setNull(row)
    }

    @inline(never)
    private func setNestedNull(field: Int, row: Int) {
        if let builder = builders[field] {
            builder.truncate(to: row)
            builder.appendNull()
        }
    }

    /// The records up to `count`. `buffer` is what long texts point into.
    func finish(
        count: Int, buffer: Buffer, errors: [DecodedRecords.RowError], consumed: Range<Int>
    ) -> DecodedRecords {
        if count > 0 { bytesPerRecord = max(1, consumed.count / count) }
        let data = side.count == 0 ? [buffer] : [buffer, side.take()]
        let columns = fields.indices.map { index -> Column in
            let type = fields[index].type
            if let builder = builders[index] { return builder.finish() }
            let hasNulls = slots[index].nullCount > 0
            let validity = hasNulls ? Bitmap(buffer: validities[index], count: count) : nil
            let storage: Column.Storage
            switch type {
            case .boolean: storage = .bits(Bitmap(buffer: values[index], count: count))
            case .string, .bytes: storage = .views(values[index], data: data)
            default: storage = .fixed(values[index])
            }
            return Column(type: type, count: count, validity: validity, storage: storage)
        }
        let frames = RecordFrames(count: count, starts: starts, lengths: lengths)
        values = []
        validities = []
        builders = []
        return DecodedRecords(
            count: count, columns: columns, frames: frames, errors: errors, end: consumed.upperBound)
    }
}

extension ColumnSlots {
    /// A view of what was appended to the side buffer from `begin` on.
    func sideView(from begin: Int) -> StringView {
        // The buffer's padding, or what is reserved here, may be read behind a short text.
        side.reserve(16)
        let length = side.count &- begin
        return StringView(base: side.end - side.count, buffer: 1, offset: begin, length: length)
    }
}
