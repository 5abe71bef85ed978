import Columnar

/// Rows into delimited text: CSV, or ksqlDB's DELIMITED.
///
/// NULL is an empty field; BYTES is base64; ARRAY, MAP and STRUCT are JSON text. A field is put in quotes
/// when it holds the delimiter, a quote or a line end, when it begins with a blank or another character up to
/// `#` or ends with one up to a blank, and when it is the record's first and begins with anything but a
/// letter or digit of ASCII.
public final class CSVEncoder: RecordEncoder {
    /// How a text without characters is told from NULL.
    public enum EmptyText: Hashable, Sendable {
        /// In quotes, so that it is not NULL when it is read.
        case quoted
        /// Like NULL, except for a record's first field: what ksqlDB does.
        case bare
    }

    public let schema: Schema
    public let options: CSVOptions
    public let times: TimeStyle
    public let emptyText: EmptyText
    private let text = ByteWriter()
    /// Writes nested values, one encoder for each such column.
    private let nested: [JSONEncoder?]

    public init(
        schema: Schema, options: CSVOptions = CSVOptions(), times: TimeStyle = .numbers,
        emptyText: EmptyText = .quoted
    ) {
        self.schema = schema
        self.options = options
        self.times = times
        self.emptyText = emptyText
        nested = schema.fields.map { field in
            FieldKind(field.type) == .nested
                ? JSONEncoder(schema: Schema([field]), isWrapped: false, times: times) : nil
        }
    }

    /// Appends the line of the columns' names, without a line end.
    public func appendHeader(to out: ByteWriter) {
        for (index, name) in schema.names.enumerated() {
            if index > 0 { out.append(options.delimiter) }
            var name = name
            name.withUTF8 { append(UnsafeRawBufferPointer($0), isFirst: index == 0, to: out) }
        }
    }

    public func append(row: Int, of batch: EncodedBatch, to out: ByteWriter) -> Bool {
        let columns = batch.columns
        for index in 0..<schema.count {
            if index > 0 { out.append(options.delimiter) }
            let column = columns + index
            if column.pointee.isNull(row) { continue }
            if column.pointee.kind == .string {
                append(column.pointee.bytes(row), isFirst: index == 0, to: out)
                continue
            }
            text.removeAll()
            appendText(batch, index, row)
            append(text.bytes, isFirst: index == 0, to: out)
        }
        return true
    }

    /// The text of a value that is neither NULL nor a STRING.
    private func appendText(_ batch: EncodedBatch, _ index: Int, _ row: Int) {
        let column = batch.columns + index
        switch column.pointee.kind {
        case .integer: text.append(integer: Int64(column.pointee.int32(row)))
        case .bigint: text.append(integer: column.pointee.int64(row))
        case .double:
            let value = column.pointee.double(row)
            if value.isFinite { text.append(double: value) } else { text.append(nonFinite: value) }
        case .decimal: text.append(decimal: column.pointee.decimal(row), scale: column.pointee.scale)
        case .boolean: text.append(column.pointee.boolean(row) ? "true" : "false" as StaticString)
        case .bytes: Base64.append(column.pointee.bytes(row), to: text)
        case .date:
            let days = column.pointee.int32(row)
            if times == .numbers {
                text.append(integer: Int64(days))
            } else {
                text.append(dateOfDays: Int(days))
            }
        case .time:
            let milliseconds = column.pointee.int32(row)
            if times == .numbers {
                text.append(integer: Int64(milliseconds))
            } else {
                text.append(timeOfDay: Int(milliseconds))
            }
        case .timestamp:
            let milliseconds = column.pointee.int64(row)
            if times == .numbers {
                text.append(integer: milliseconds)
            } else {
                text.append(timestamp: milliseconds)
            }
        case .nested: nested[index]?.appendValue(column: index, row: row, of: batch, to: text)
        case .string: text.append(column.pointee.bytes(row))
        }
    }

    private func append(_ bytes: UnsafeRawBufferPointer, isFirst: Bool, to out: ByteWriter) {
        guard needsQuotes(bytes, isFirst: isFirst) else { return out.append(bytes) }
        out.append(options.quote)
        for byte in bytes {
            if byte == options.quote { out.append(byte) }
            out.append(byte)
        }
        out.append(options.quote)
    }

    private func needsQuotes(_ bytes: UnsafeRawBufferPointer, isFirst: Bool) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return isFirst || emptyText == .quoted }
        if first <= 0x23 || last <= 0x20 { return true }
        if isFirst {
            switch first {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: break
            default: return true
            }
        }
        return bytes.contains { $0 == options.delimiter || $0 == options.quote || $0 == 0x0A || $0 == 0x0D }
    }
}

extension JSONEncoder {
    /// The value of any column of a batch that has the type of this encoder's only one.
    func appendValue(column: Int, row: Int, of batch: EncodedBatch, to out: ByteWriter) {
        append(batch.columns, column, shapes[0], row, to: out)
    }
}
