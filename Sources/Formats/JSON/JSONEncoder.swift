import Columnar

/// Rows into JSON objects, as ksqlDB writes them.
///
/// Names are as they are in the schema; NULL is `null`; DECIMAL is a plain number with all digits of its
/// scale; BYTES is base64; DOUBLE is the shortest number that reads back the same, NaN and the infinities are
/// strings.
public final class JSONEncoder: RecordEncoder {
    public let schema: Schema
    /// Whether a record is an object of fields; if not, it is the value of the only column, and NULL is a
    /// tombstone.
    public let isWrapped: Bool
    public let times: TimeStyle
    /// For each column `{"name":` or `,"name":`, one after another.
    private let prefixes = ByteWriter()
    private var prefixEnds: [Int] = []
    let shapes: [JSONShape]

    public init(schema: Schema, isWrapped: Bool = true, times: TimeStyle = .numbers) {
        precondition(isWrapped || schema.count == 1, "an unwrapped record is the value of one column")
        self.schema = schema
        self.isWrapped = isWrapped
        self.times = times
        shapes = schema.fields.map { JSONShape($0.type) }
        for (index, field) in schema.fields.enumerated() {
            prefixes.append(index == 0 ? 0x7B : 0x2C)
            prefixes.appendJSONString(field.name)
            prefixes.append(0x3A)
            prefixEnds.append(prefixes.count)
        }
    }

    public func append(row: Int, of batch: EncodedBatch, to out: ByteWriter) -> Bool {
        let columns = batch.columns
        if !isWrapped {
            if columns[0].isNull(row) { return false }
            append(columns, 0, shapes[0], row, to: out)
            return true
        }
        if schema.count == 0 { out.append("{") }
        var start = 0
        let names = prefixes.bytes
        for index in 0..<schema.count {
            let end = prefixEnds[index]
            out.append(UnsafeRawBufferPointer(rebasing: names[start..<end]))
            start = end
            append(columns, index, shapes[index], row, to: out)
        }
        out.append(0x7D)
        return true
    }

    /// Appends the values alone as an array, in the order of the columns.
    func appendArray(row: Int, of batch: EncodedBatch, to out: ByteWriter) {
        out.append(0x5B)
        for index in 0..<schema.count {
            if index > 0 { out.append(0x2C) }
            append(batch.columns, index, shapes[index], row, to: out)
        }
        out.append(0x5D)
    }

    /// One value; `index` is the column's place among `columns`.
    func append(
        _ columns: UnsafeMutablePointer<EncodedColumn>, _ index: Int, _ shape: JSONShape, _ row: Int,
        to out: ByteWriter
    ) {
        let column = columns + index
        if column.pointee.isNull(row) { return out.append("null") }
        switch column.pointee.kind {
        case .string: out.appendJSONString(column.pointee.bytes(row))
        case .integer: out.append(integer: Int64(column.pointee.int32(row)))
        case .bigint: out.append(integer: column.pointee.int64(row))
        case .double:
            let value = column.pointee.double(row)
            if value.isFinite { return out.append(double: value) }
            quoted(out) { out.append(nonFinite: value) }
        case .decimal: out.append(decimal: column.pointee.decimal(row), scale: column.pointee.scale)
        case .boolean: out.append(column.pointee.boolean(row) ? "true" : "false" as StaticString)
        case .bytes: quoted(out) { Base64.append(column.pointee.bytes(row), to: out) }
        case .date:
            let days = column.pointee.int32(row)
            if times == .numbers { return out.append(integer: Int64(days)) }
            quoted(out) { out.append(dateOfDays: Int(days)) }
        case .time:
            let milliseconds = column.pointee.int32(row)
            if times == .numbers { return out.append(integer: Int64(milliseconds)) }
            quoted(out) { out.append(timeOfDay: Int(milliseconds)) }
        case .timestamp:
            let milliseconds = column.pointee.int64(row)
            if times == .numbers { return out.append(integer: milliseconds) }
            quoted(out) { out.append(timestamp: milliseconds) }
        case .nested: appendNested(columns, column.pointee, shape, row, to: out)
        }
    }

    private func quoted(_ out: ByteWriter, _ body: () -> Void) {
        out.append(0x22)
        body()
        out.append(0x22)
    }

    private func appendNested(
        _ columns: UnsafeMutablePointer<EncodedColumn>, _ column: EncodedColumn, _ shape: JSONShape,
        _ row: Int, to out: ByteWriter
    ) {
        let child = column.firstChild
        switch shape.kind {
        case .array:
            out.append(0x5B)
            for (place, element) in column.elements(row).enumerated() {
                if place > 0 { out.append(0x2C) }
                append(columns, child, shape.children[0], element, to: out)
            }
            out.append(0x5D)
        case .map:
            out.append(0x7B)
            for (place, entry) in column.elements(row).enumerated() {
                if place > 0 { out.append(0x2C) }
                appendKey(columns, child, shape.children[0], entry, to: out)
                out.append(0x3A)
                append(columns, child + 1, shape.children[1], entry, to: out)
            }
            out.append(0x7D)
        case .structure:
            out.append(0x7B)
            for member in 0..<column.childCount {
                if member > 0 { out.append(0x2C) }
                out.appendJSONString(shape.names[member])
                out.append(0x3A)
                append(columns, child + member, shape.children[member], row, to: out)
            }
            out.append(0x7D)
        case .scalar: out.append("null")
        }
    }

    /// A key that is no string is its value's text in quotes.
    private func appendKey(
        _ columns: UnsafeMutablePointer<EncodedColumn>, _ index: Int, _ shape: JSONShape, _ row: Int,
        to out: ByteWriter
    ) {
        let text = ByteWriter()
        append(columns, index, shape, row, to: text)
        if text.bytes.first == 0x22 { return out.append(text.bytes) }
        out.appendJSONString(text.bytes)
    }
}

/// What a nested type looks like in JSON.
struct JSONShape {
    enum Kind { case scalar, array, map, structure }

    let kind: Kind
    let names: [String]
    let children: [JSONShape]

    init(_ type: DataType) {
        switch type {
        case .array(let element):
            (kind, names, children) = (.array, [], [JSONShape(element)])
        case .map(let key, let value):
            (kind, names, children) = (.map, [], [JSONShape(key), JSONShape(value)])
        case .structure(let fields):
            (kind, names, children) = (.structure, fields.map(\.name), fields.map { JSONShape($0.type) })
        default:
            (kind, names, children) = (.scalar, [], [])
        }
    }
}
