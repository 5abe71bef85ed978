import Columnar

/// Values of a schema as lines of JSON, one for each: what container files hold, for those who read lines.
///
/// Records are objects, unions the value alone, enums text, bytes base64; decimals are plain numbers, dates
/// and times numbers in days and milliseconds, as the JSON format reads them.
public final class AvroLineWriter {
    private let schema: AvroSchema
    private var data = Buffer(capacity: 0)
    private var cursor: AvroCursor
    private var depth = 0
    /// Values of the block that are not written yet.
    public private(set) var remaining = 0

    public init(schema: AvroSchema) {
        self.schema = schema
        cursor = AvroCursor(UnsafeRawPointer(data.pointer), 0..<0)
    }

    /// Begins a block of `count` values in the first `length` bytes of `data`.
    public func begin(_ data: Buffer, length: Int, count: Int) {
        self.data = data
        cursor = AvroCursor(UnsafeRawPointer(data.pointer), 0..<length)
        remaining = count
    }

    /// Appends the lines of values until there are none left or they take `byteLimit` bytes.
    public func append(to out: ByteWriter, byteLimit: Int) throws(DecodeError) {
        let start = out.count
        do throws(AvroFault) {
            while remaining > 0, out.count - start < byteLimit {
                cursor.beginRecord()
                depth = 0
                let line = out.count
                do throws(AvroFault) {
                    try write(schema.root, to: out)
                } catch {
                    out.truncate(to: line)
                    throw error
                }
                out.append(0x0A)
                remaining -= 1
            }
            if remaining == 0, cursor.position != cursor.end {
                throw AvroFault(.trailingBytes, cursor.position)
            }
        } catch {
            remaining = 0
            throw DecodeError(
                .malformedAvro, "an Avro block is damaged at its byte \(error.offset): \(error.text)")
        }
    }

    private func write(_ place: Int, to out: ByteWriter) throws(AvroFault) {
        depth += 1
        guard depth <= AvroCursor.depthLimit else { throw AvroFault(.tooDeep, cursor.position) }
        defer { depth -= 1 }
        let node = schema[place]
        switch node.kind {
        case .null: out.append("null")
        case .boolean: out.append(try cursor.boolean() ? "true" as StaticString : "false")
        case .int: out.append(integer: try cursor.int())
        case .long: out.append(integer: try long(node))
        case .float: append(try cursor.float(), to: out)
        case .double: append(try cursor.double(), to: out)
        case .bytes: try append(try cursor.bytes(), node, to: out)
        case .fixed(let size): try append(try cursor.fixed(size), node, to: out)
        case .string: try append(text: try cursor.bytes(), to: out)
        case .enumeration(let symbols, _):
            out.appendJSONString(symbols[try cursor.index(below: Int32(symbols.count), or: .badSymbol)])
        case .union(let branches):
            try write(branches[try cursor.index(below: Int32(branches.count), or: .badBranch)], to: out)
        case .record(let fields):
            out.append(0x7B)
            for (index, field) in fields.enumerated() {
                if index > 0 { out.append(0x2C) }
                out.appendJSONString(field.name)
                out.append(0x3A)
                try write(field.type, to: out)
            }
            out.append(0x7D)
        case .array(let items): try writeArray(items, to: out)
        case .map(let values): try writeMap(values, to: out)
        }
    }

    private func writeArray(_ items: Int, to out: ByteWriter) throws(AvroFault) {
        out.append(0x5B)
        try forEachItem(minimum: minimum(items), to: out) { () throws(AvroFault) in
            try write(items, to: out)
        }
        out.append(0x5D)
    }

    private func writeMap(_ values: Int, to out: ByteWriter) throws(AvroFault) {
        out.append(0x7B)
        try forEachItem(minimum: 1 + minimum(values), to: out) { () throws(AvroFault) in
            try append(text: try cursor.bytes(), to: out)
            out.append(0x3A)
            try write(values, to: out)
        }
        out.append(0x7D)
    }

    /// The items of all blocks, with commas between them.
    ///
    /// - Parameter minimum: bytes that an item takes at least.
    @inline(__always)
    private func forEachItem(
        minimum: Int, to out: ByteWriter, _ body: () throws(AvroFault) -> Void
    ) throws(AvroFault) {
        var isFirst = true
        while true {
            let count = try cursor.block(minimum: minimum).count
            if count == 0 { break }
            for _ in 0..<count {
                if !isFirst { out.append(0x2C) }
                isFirst = false
                try body()
            }
        }
    }

    private var minima: [Int: Int] = [:]

    private func minimum(_ place: Int) -> Int {
        if let known = minima[place] { return known }
        let made = AvroSizes(schema).minimum(place)
        minima[place] = made
        return made
    }

    private func long(_ node: AvroNode) throws(AvroFault) -> Int64 {
        let value = try cursor.long()
        switch node.logical {
        case .timestampMicros, .localTimestampMicros, .timeMicros: return Civil.floorDivide(value, 1000)
        default: return value
        }
    }

    private func append(_ value: Double, to out: ByteWriter) {
        if value.isFinite { return out.append(double: value) }
        out.append(0x22)
        out.append(nonFinite: value)
        out.append(0x22)
    }

    private func append(text range: Range<Int>, to out: ByteWriter) throws(AvroFault) {
        if let fault = UTF8Check.firstFault(cursor.base, range.lowerBound, range.upperBound) {
            throw AvroFault(.badUTF8, fault)
        }
        out.appendJSONString(bytes(range))
    }

    private func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: cursor.base + range.lowerBound, count: range.count)
    }

    private func append(_ range: Range<Int>, _ node: AvroNode, to out: ByteWriter) throws(AvroFault) {
        guard case .decimal(_, let scale) = node.logical else {
            out.append(0x22)
            Base64.append(bytes(range), to: out)
            out.append(0x22)
            return
        }
        guard let value = AvroDecimal.value(bytes(range)) else {
            throw AvroFault(.outOfRange, range.lowerBound)
        }
        out.append(decimal: value, scale: scale)
    }
}
