import Columnar

/// What a decoder made of a run of records.
///
/// A record that does not fit has NULL in all columns and an entry in `errors`; none is dropped. Blank lines
/// are not records.
public struct DecodedRecords: Sendable {
    /// A record that does not fit, and why.
    public struct RowError: Hashable, Sendable {
        public let row: Int
        public let reason: DecodeError

        public init(row: Int, reason: DecodeError) {
            self.row = row
            self.reason = reason
        }
    }

    /// Records, good and bad.
    public let count: Int
    /// One for each field, `count` rows each. Long texts point into the decoded buffer.
    public let columns: [Column]
    /// Where each record lies in the decoded buffer, without its line end.
    public let frames: RecordFrames
    /// Ascending by row.
    public let errors: [RowError]
    /// Where decoding stopped: behind the last record and its line end.
    public let end: Int

    public init(count: Int, columns: [Column], frames: RecordFrames, errors: [RowError], end: Int) {
        self.count = count
        self.columns = columns
        self.frames = frames
        self.errors = errors
        self.end = end
    }

    /// The records as they came: a BYTES column over `buffer`, the one that was decoded.
    public func rawColumn(of buffer: Buffer) -> Column {
        let views = Buffer(capacity: count * 16)
        let out = views.pointer.assumingMemoryBound(to: StringView.self)
        var validity: Bitmap?
        for row in 0..<count {
            if let range = frames.range(row) {
                out[row] = StringView(
                    base: buffer.pointer, buffer: 0, offset: range.lowerBound, length: range.count)
            } else {
                out[row] = StringView()
                let bits = validity ?? Bitmap(repeating: true, count: count)
                bits.clear(row)
                validity = bits
            }
        }
        return Column(
            type: .bytes, count: count, validity: validity, storage: .views(views, data: [buffer]))
    }
}
