import Columnar

/// ksqlDB's JSON_SR format: JSON behind the id of its schema in a registry.
public final class SchemaJSONDecoder: RecordDecoder {
    public var fields: [DecodedField] { values.fields }
    private let values: any RecordDecoder
    private let source: any SchemaSource
    private var known: Set<Int32> = []

    /// - Parameter values: of what stands behind the header.
    public init(values: any RecordDecoder, source: any SchemaSource) {
        self.values = values
        self.source = source
    }

    /// Messages have no line ends: the range is one record.
    public func decode(_ buffer: Buffer, range: Range<Int>, limit: Int) -> DecodedRecords {
        decode(buffer, frames: RecordFrames(limit > 0 ? [range] : []))
    }

    public func decode(_ buffer: Buffer, frames: RecordFrames) -> DecodedRecords {
        let base = UnsafeRawPointer(buffer.pointer)
        let starts = Buffer(capacity: frames.count * 4)
        let lengths = Buffer(capacity: frames.count * 4)
        let inner = FrameSlots(starts, lengths, capacity: frames.count)
        var refused: [DecodedRecords.RowError] = []
        for row in 0..<frames.count {
            guard let range = frames.range(row) else {
                inner.setAbsent(row, start: frames.start(row))
                continue
            }
            precondition(range.upperBound <= buffer.capacity, "frames are in the buffer")
            do throws(DecodeError) {
                let id = SchemaMessage.schemaID(base, range)
                guard let id else { throw SchemaMessage.missing(range.count) }
                try check(id)
                inner.set(
                    row, start: range.lowerBound + SchemaMessage.headerLength, end: range.upperBound)
            } catch {
                refused.append(DecodedRecords.RowError(row: row, reason: error))
                inner.setAbsent(row, start: range.lowerBound)
            }
        }
        let decoded = values.decode(
            buffer, frames: RecordFrames(count: frames.count, starts: starts, lengths: lengths))
        let errors = refused.isEmpty ? decoded.errors : (decoded.errors + refused).sorted { $0.row < $1.row }
        // The record is the whole message, header and all.
        return DecodedRecords(
            count: decoded.count, columns: decoded.columns, frames: frames, errors: errors, end: decoded.end)
    }

    private func check(_ id: Int32) throws(DecodeError) {
        if known.contains(id) { return }
        try source.checkJSONSchema(id: id)
        if known.count >= 1024 { known.removeAll() }
        known.insert(id)
    }
}
