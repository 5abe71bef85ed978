import Columnar

/// Parsing of whole columns of ISO 8601 texts.
public enum TimestampColumn {
    /// The timestamps of a STRING column by `TimestampText`'s rules; NULL where the text is NULL or none.
    ///
    /// Neighbouring rows mostly share their date, which is worked out once.
    public static func parse(_ column: Column) -> Column {
        precondition(column.type == .string, "timestamps are parsed from STRING")
        let count = column.count
        let values = Buffer(capacity: count * 8)
        let out = values.pointer.assumingMemoryBound(to: Int64.self)
        let validity = Bitmap(repeating: true, count: count)
        let views = column.views
        let bases = column.dataBases
        var reader = TimestampReader()
        var nulls = 0
        for row in 0..<count {
            let view = views[row]
            let length = view.length
            let parsed: Int64?
            if length > StringView.inlineLimit {
                parsed = reader.parse(bases[view.bufferIndex], view.offset, view.offset &+ length)
            } else {
                parsed = length == 0 ? nil : reader.parse(UnsafeRawPointer(views + row), 4, 4 &+ length)
            }
            if let parsed {
                out[row] = parsed
            } else {
                out[row] = 0
                validity.clear(row)
                nulls &+= 1
            }
        }
        // A NULL's view is empty, so it is among these already.
        return Column.fixed(.timestamp, count: count, validity: nulls == 0 ? nil : validity, values: values)
    }
}
