import Columnar
import Glibc

/// Each line is one STRING, without its line end.
///
/// A line that is not UTF-8 is a record that does not fit; its bytes are where its frame says.
public final class LinesDecoder: RecordDecoder {
    public let fields: [DecodedField]
    private let slots: ColumnSlots

    public init(name: String) {
        fields = [DecodedField(name, .string)]
        slots = ColumnSlots(fields)
    }

    public func decode(_ buffer: Buffer, range: Range<Int>, limit: Int) -> DecodedRecords {
        precondition(range.upperBound <= min(buffer.capacity, Int(UInt32.max)), "the range is in the buffer")
        slots.begin(bytes: range.count, limit: limit)
        var errors: [DecodedRecords.RowError] = []
        let base = UnsafeRawPointer(buffer.pointer)
        var frames = slots.frames
        var position = range.lowerBound
        var row = 0
        while position < range.upperBound && row < limit {
            let newline = memchr(base + position, 0x0A, range.upperBound - position)
            let lineEnd = newline.map { UnsafeRawPointer($0) - base } ?? range.upperBound
            var end = lineEnd
            while end > position, WordScan.byte(base, end - 1) == 0x0D { end -= 1 }
            if !WordScan.isBlank(base, position, end) {
                if row >= frames.capacity {
                    slots.grow()
                    frames = slots.frames
                }
                frames.set(row, start: position, end: end)
                if let reason = store(base, position, end, row: row) {
                    slots.setNull(row: row)
                    errors.append(DecodedRecords.RowError(row: row, reason: reason))
                }
                row += 1
            }
            position = min(lineEnd + 1, range.upperBound)
        }
        return slots.finish(
            count: row, buffer: buffer, errors: errors, consumed: range.lowerBound..<position)
    }

    public func decode(_ buffer: Buffer, frames: RecordFrames) -> DecodedRecords {
        slots.decode(buffer, frames) { base, range, row in
            store(base, range.lowerBound, range.upperBound, row: row)
        }
    }

    /// Stores the line; returns why it is none.
    private func store(_ base: UnsafeRawPointer, _ start: Int, _ end: Int, row: Int) -> DecodeError? {
        if let fault = UTF8Check.firstFault(base, start, end) {
            return DecodeError(.badUTF8, "the line is not UTF-8 at byte \(fault - start)")
        }
        let view = StringView(base: base, buffer: 0, offset: start, length: end - start)
        slots.slots.pointee.store(view, row)
        return nil
    }
}
