import Columnar
import Glibc

/// JSON objects, one a line or one a frame, into columns.
///
/// Every record is validated as a whole by RFC 8259; only wanted fields become values. Names match without
/// regard to case, an exact match wins; of duplicate keys the last wins. A STRING takes any value: a string's
/// text, a number or boolean as written, an object or array as its text without white space. The other types
/// follow `ScalarBits`, from numbers and from strings; BYTES is base64 in a string; `null` and what is
/// missing are NULL.
///
/// Two ways through a record give the same result: `predicted` compares it with the layout of the records
/// before and fills the columns in one pass; what deviates is read by `general`, from which the layout is
/// learnt.
public final class JSONDecoder: RecordDecoder {
    public let fields: [DecodedField]
    /// Whether a record is an object of fields; if not, it is the value of the only field.
    public let isWrapped: Bool
    /// Off only in tests, which compare the two ways.
    let isPredicting: Bool

    let slots: ColumnSlots
    let names: NameTable
    let layout: JSONLayout
    let scratch = ByteWriter()
    /// Where the general way finds the value of each field.
    let found: UnsafeMutablePointer<FoundValue>
    /// The keys of the record that the general way read last.
    let notes: UnsafeMutablePointer<KeyNote>
    private var errors: [DecodedRecords.RowError] = []
    /// Records read by prediction, ever: tests make sure that it is at work.
    private(set) var predictedCount = 0
    // How well the layout predicts: records read each way since it was last cleared.
    private var hits = 0
    private var misses = 0
    private var wasCleared = false
    /// Records to read the general way before the layout is learnt anew.
    private var pause = 0

    /// - Parameter isWrapped: false for a single column whose value is the whole record.
    public convenience init(fields: [DecodedField], isWrapped: Bool = true) {
        self.init(fields: fields, isWrapped: isWrapped, isPredicting: true)
    }

    init(fields: [DecodedField], isWrapped: Bool, isPredicting: Bool) {
        precondition(isWrapped || fields.count == 1, "an unwrapped record is the value of one column")
        self.fields = fields
        self.isWrapped = isWrapped
        self.isPredicting = isPredicting && isWrapped
        slots = ColumnSlots(fields)
        names = NameTable(fields.map(\.name))
        layout = JSONLayout(fieldCount: fields.count)
        found = .allocate(capacity: max(1, fields.count))
        found.initialize(repeating: FoundValue(), count: max(1, fields.count))
        notes = .allocate(capacity: JSONLayout.keyLimit)
    }

    deinit {
        found.deallocate()
        notes.deallocate()
    }

    public func decode(_ buffer: Buffer, range: Range<Int>, limit: Int) -> DecodedRecords {
        precondition(range.upperBound <= min(buffer.capacity, Int(UInt32.max)), "the range is in the buffer")
        slots.begin(bytes: range.count, limit: limit)
        errors = []
        let base = UnsafeRawPointer(buffer.pointer)
        let end = range.upperBound
        var frames = slots.frames
        var expectation = self.expectation
        var position = range.lowerBound
        var row = 0
        var predictedRows = 0
        while position < end && row < limit {
            if row >= frames.capacity {
                slots.grow()
                frames = slots.frames
            }
            if expectation.count > 0 {
                let behind = predicted(base, position, end, row: row, by: expectation)
                if behind >= 0, let next = JSONDecoder.lineEnd(base, behind, end) {
                    frames.set(row, start: position, end: behind)
                    predictedRows &+= 1
                    row &+= 1
                    position = next
                    continue
                }
            }
            let newline = memchr(base + position, 0x0A, end - position)
            let lineEnd = newline.map { UnsafeRawPointer($0) - base } ?? end
            var recordEnd = lineEnd
            while recordEnd > position, WordScan.byte(base, recordEnd - 1) == 0x0D { recordEnd -= 1 }
            if !WordScan.isBlank(base, position, recordEnd) {
                frames.set(row, start: position, end: recordEnd)
                general(base, position, recordEnd, row: row, predictedRows: &predictedRows)
                expectation = self.expectation
                row += 1
            }
            position = min(lineEnd + 1, end)
        }
        hits += predictedRows
        predictedCount += predictedRows
        return slots.finish(
            count: row, buffer: buffer, errors: errors, consumed: range.lowerBound..<position)
    }

    public func decode(_ buffer: Buffer, frames: RecordFrames) -> DecodedRecords {
        slots.begin(rows: frames.count)
        errors = []
        let base = UnsafeRawPointer(buffer.pointer)
        var expectation = self.expectation
        var last = 0
        var predictedRows = 0
        for row in 0..<frames.count {
            guard let range = slots.place(row, of: frames, in: buffer) else { continue }
            last = range.upperBound
            if expectation.count > 0 && !range.isEmpty {
                let behind = predicted(
                    base, range.lowerBound, range.upperBound, row: row, by: expectation)
                if behind == range.upperBound {
                    predictedRows &+= 1
                    continue
                }
            }
            general(base, range.lowerBound, range.upperBound, row: row, predictedRows: &predictedRows)
            expectation = self.expectation
        }
        hits += predictedRows
        predictedCount += predictedRows
        return slots.finish(count: frames.count, buffer: buffer, errors: errors, consumed: 0..<last)
    }

    /// What the next record probably looks like; nothing while that is not worth while.
    private var expectation: JSONLayout.Expectation {
        let expectation = layout.expectation
        return pause == 0 ? expectation : expectation.nothing
    }

    /// Behind the line end at `position`; nil when there is something else.
    @inline(__always)
    private static func lineEnd(_ base: UnsafeRawPointer, _ position: Int, _ end: Int) -> Int? {
        if position >= end { return position == end ? end : nil }
        if WordScan.byte(base, position) == 0x0A { return position &+ 1 }
        guard WordScan.byte(base, position) == 0x0D, position &+ 1 < end,
            WordScan.byte(base, position &+ 1) == 0x0A
        else { return nil }
        return position &+ 2
    }

    /// Reads a record without expectations, sets its row and notes its error.
    @inline(never)
    private func general(
        _ base: UnsafeRawPointer, _ start: Int, _ end: Int, row: Int, predictedRows: inout Int
    ) {
        var noted = 0
        do throws(DecodeError) {
            try readRecord(base, start, end, row: row, noted: &noted)
        } catch {
            slots.setNull(row: row)
            errors.append(DecodedRecords.RowError(row: row, reason: error))
        }
        guard isPredicting else { return }
        hits += predictedRows
        predictedCount += predictedRows
        predictedRows = 0
        if pause > 0 {
            pause -= 1
            return
        }
        misses += 1
        // What was long ago counts less.
        if hits > 1024 { (hits, misses, wasCleared) = (hits / 2, misses / 2, false) }
        if misses > 64 && misses > hits {
            // The first record may have been an odd one, so begin anew. If that did not help, the keys come
            // in no order, and looking for the expected one first only costs time.
            layout.removeAll()
            (hits, misses, pause) = (0, 0, wasCleared ? 1024 : 0)
            wasCleared = true
        } else {
            learn(base, noted)
        }
    }

    /// Fits the layout to the record just read: keys that are new come in behind their predecessor.
    private func learn(_ base: UnsafeRawPointer, _ noted: Int) {
        // Names that come once and never again would fill the layout, and each costs a comparison.
        if layout.expectation.count > 4 * noted + 32 { layout.removeAll() }
        var place = 0
        for note in UnsafeBufferPointer(start: notes, count: noted) {
            let prefix = UnsafeRawBufferPointer(start: base + note.start, count: note.length)
            if let known = layout.index(of: prefix) {
                // Another order than before: the rest teaches nothing.
                if known < place { return }
                place = known + 1
            } else {
                if layout.insert(prefix, field: note.field, at: place) { place += 1 }
            }
        }
    }
}
