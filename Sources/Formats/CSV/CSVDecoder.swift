import Columnar

/// Delimited text, RFC 4180, into columns: CSV with a header, or ksqlDB's DELIMITED without.
///
/// An empty field without quotes is NULL; one in quotes is the empty STRING or BYTES, and NULL for other
/// types. Types follow `ScalarBits`; BYTES is base64; ARRAY, MAP and STRUCT are JSON text. A record with
/// another number of fields than the header (or than declared) does not fit. How bad quotes are contained is
/// `CSVScanner`'s rule.
public final class CSVDecoder: RecordDecoder {
    public let fields: [DecodedField]
    public let options: CSVOptions
    private let slots: ColumnSlots
    private let scratch = ByteWriter()
    private var scanner: CSVScanner
    /// For each wanted field its place in the record.
    private var places: [Int] = []
    private var header: [UInt8]?
    private var parts: UnsafeMutablePointer<CSVField>
    private var partCount = 0
    private var errors: [DecodedRecords.RowError] = []

    /// For files with a header: `useHeader` comes before the first `decode`, and again whenever the header
    /// may differ.
    public init(fields: [DecodedField], options: CSVOptions = CSVOptions()) {
        self.fields = fields
        self.options = options
        slots = ColumnSlots(fields)
        scanner = CSVScanner(options, expectedFields: nil)
        parts = .allocate(capacity: 1)
    }

    /// For records of `columnCount` fields without a header; each field's `position` says which one it is.
    public convenience init(fields: [DecodedField], options: CSVOptions = CSVOptions(), columnCount: Int) {
        self.init(fields: fields, options: options)
        let places = fields.enumerated().map { $1.position ?? $0 }
        precondition(places.allSatisfy { $0 >= 0 && $0 < columnCount }, "positions are within the record")
        expect(places, columnCount: columnCount)
    }

    deinit { parts.deallocate() }

    /// Finds the wanted columns in a header line; the line end does not matter. Costs nothing for the same
    /// line again.
    public func useHeader(_ line: UnsafeRawBufferPointer) throws(HeaderError) {
        if let header, header.elementsEqual(line) { return }
        let names = try CSVDecoder.names(in: line, options)
        var places: [Int] = []
        for field in fields {
            let wanted = Array(field.name.utf8)
            let folded = Array(field.name.lowercased().utf8)
            let exact = names.firstIndex { $0.utf8.elementsEqual(wanted) }
            guard let place = exact ?? names.firstIndex(where: { $0.lowercased().utf8.elementsEqual(folded) })
            else { throw HeaderError(missing: field.name, header: names) }
            places.append(place)
        }
        expect(places, columnCount: names.count)
        header = Array(line)
    }

    /// Fields of a record by the header in use, or as declared; nil before there is a header.
    public var columnCount: Int? { scanner.expectedFields }

    private func expect(_ places: [Int], columnCount: Int) {
        self.places = places
        scanner = CSVScanner(options, expectedFields: columnCount)
        parts.deallocate()
        parts = .allocate(capacity: max(1, columnCount))
        partCount = columnCount
    }

    /// The names of a header line, without blanks around them.
    static func names(
        in line: UnsafeRawBufferPointer, _ options: CSVOptions
    ) throws(HeaderError) -> [String] {
        var line = line
        if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = UnsafeRawBufferPointer(rebasing: line[3...]) }
        guard UTF8Check.isValid(line) else { throw HeaderError(malformed: "it is not UTF-8") }
        let copy = Buffer(copying: line)
        let room = max(1, line.count + 1)
        let parts = UnsafeMutablePointer<CSVField>.allocate(capacity: room)
        defer { parts.deallocate() }
        let scanner = CSVScanner(options, expectedFields: nil)
        let base = UnsafeRawPointer(copy.pointer)
        let record = scanner.scan(base, 0, line.count, isFinal: true, into: parts, room: room)
        guard record.verdict == .whole else { throw HeaderError(malformed: "a quoted name does not end") }
        if record.end == 0 { throw HeaderError(malformed: "it is empty") }
        let out = ByteWriter()
        return (0..<record.fieldCount).map { index in
            out.removeAll()
            CSVDecoder.appendText(parts[index], base, options.quote, to: out)
            var text = Substring(out.text)
            while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
            while let last = text.last, last == " " || last == "\t" { text.removeLast() }
            return String(text)
        }
    }

    public func decode(_ buffer: Buffer, range: Range<Int>, limit: Int) -> DecodedRecords {
        precondition(range.upperBound <= min(buffer.capacity, Int(UInt32.max)), "the range is in the buffer")
        precondition(scanner.expectedFields != nil, "the header comes before the records")
        slots.begin(bytes: range.count, limit: limit)
        errors = []
        let base = UnsafeRawPointer(buffer.pointer)
        let end = range.upperBound
        let scanner = self.scanner
        let (parts, partCount) = (self.parts, self.partCount)
        var frames = slots.frames
        var position = range.lowerBound
        var row = 0
        while position < end && row < limit {
            if row >= frames.capacity {
                slots.grow()
                frames = slots.frames
            }
            let record = scanner.scan(base, position, end, isFinal: true, into: parts, room: partCount)
            if record.end > position {
                frames.set(row, start: position, end: record.end)
                read(record, base, from: position, row: row)
                row &+= 1
            }
            position = record.next
        }
        return slots.finish(
            count: row, buffer: buffer, errors: errors, consumed: range.lowerBound..<position)
    }

    public func decode(_ buffer: Buffer, frames: RecordFrames) -> DecodedRecords {
        precondition(scanner.expectedFields != nil, "the header comes before the records")
        slots.begin(rows: frames.count)
        errors = []
        let base = UnsafeRawPointer(buffer.pointer)
        var last = 0
        for row in 0..<frames.count {
            guard let range = slots.place(row, of: frames, in: buffer) else { continue }
            last = range.upperBound
            let record = scanner.scan(
                base, range.lowerBound, range.upperBound, isFinal: true, into: parts, room: partCount)
            if record.next < range.upperBound {
                fail(row, DecodeError(.badQuotes, "the value is more than one record"))
            } else {
                read(record, base, from: range.lowerBound, row: row)
            }
        }
        return slots.finish(count: frames.count, buffer: buffer, errors: errors, consumed: 0..<last)
    }

    private func fail(_ row: Int, _ reason: DecodeError) {
        slots.setNull(row: row)
        errors.append(DecodedRecords.RowError(row: row, reason: reason))
    }

    /// Puts the record's fields into the row.
    private func read(_ record: CSVRecord, _ base: UnsafeRawPointer, from start: Int, row: Int) {
        if record.verdict != .whole || record.fieldCount != partCount || record.hasWideBytes,
            let error = fault(of: record, base, from: start)
        {
            return fail(row, error)
        }
        let (parts, slots) = (self.parts, slots.slots)
        for (index, place) in places.enumerated() {
            let part = parts[place]
            let kind = slots[index].type.kind
            if part.start == part.end && (!part.isQuoted || (kind != .string && kind != .bytes)) {
                self.slots.setNull(field: index, row: row)
            } else if kind == .string && !part.hasDoubledQuotes {
                let view = StringView(
                    base: base, buffer: 0, offset: part.start, length: part.end &- part.start)
                slots[index].store(view, row)
            } else if !store(part, base, field: index, row: row) {
                let text = UnsafeRawBufferPointer(start: base + part.start, count: part.end - part.start)
                return fail(
                    row,
                    .wrongType(column: fields[index].name, type: fields[index].type.sql, found: text))
            }
        }
    }

    /// Why the record as a whole does not fit.
    private func fault(of record: CSVRecord, _ base: UnsafeRawPointer, from start: Int) -> DecodeError? {
        if record.verdict != .whole {
            return DecodeError(.badQuotes, "a quoted field does not end where a field should")
        }
        if record.fieldCount != partCount {
            return DecodeError(.fieldCount, "expected \(partCount) fields, found \(record.fieldCount)")
        }
        return UTF8Check.firstFault(base, start, record.end).map {
            DecodeError(.badUTF8, "the record is not UTF-8 at byte \($0 - start)")
        }
    }

    /// Fields that are no plain text.
    private func store(_ part: CSVField, _ base: UnsafeRawPointer, field: Int, row: Int) -> Bool {
        if part.hasDoubledQuotes {
            scratch.removeAll()
            CSVDecoder.appendText(part, base, options.quote, to: scratch)
            guard let text = scratch.bytes.baseAddress else { return false }
            return store(text, 0, scratch.count, field: field, row: row)
        }
        return store(base, part.start, part.end, field: field, row: row)
    }

    private func store(_ base: UnsafeRawPointer, _ start: Int, _ end: Int, field: Int, row: Int) -> Bool {
        let slot = slots.slots + field
        let begin = slots.side.count
        switch slot.pointee.type.kind {
        case .string:
            slots.side.append(base + start, count: end - start)
            slot.pointee.store(slots.sideView(from: begin), row)
            return true
        case .bytes:
            let text = UnsafeRawBufferPointer(start: base + start, count: end - start)
            guard Base64.decode(text, to: slots.side) else { return false }
            slot.pointee.store(slots.sideView(from: begin), row)
            return true
        case .nested: return storeNested(base, start, end, field: field)
        default:
            guard
                let bits = ScalarBits(
                    text: base, start, end, as: slot.pointee.type, timestamps: &slots.timestamps.pointee)
            else { return false }
            slot.pointee.store(bits, row)
            return true
        }
    }

    private func storeNested(_ base: UnsafeRawPointer, _ start: Int, _ end: Int, field: Int) -> Bool {
        guard let builder = slots.builders[field] else { return false }
        var scanner = JSONScanner(base, start, end)
        do throws(JSONFault) {
            let token = try scanner.document()
            // The text may lie in `scratch`, so the nested values need another.
            let nesting = JSONNesting(base: base, timestamps: slots.timestamps, scratch: ByteWriter())
            return nesting.append(token, to: builder)
        } catch {
            return false
        }
    }

    /// The text of a field with its doubled quotes made single.
    static func appendText(_ part: CSVField, _ base: UnsafeRawPointer, _ quote: UInt8, to out: ByteWriter) {
        out.reserve(part.end - part.start)
        guard part.hasDoubledQuotes else {
            return out.append(base + part.start, count: part.end - part.start)
        }
        var index = part.start
        while index < part.end {
            let byte = WordScan.byte(base, index)
            out.append(byte)
            index &+= byte == quote ? 2 : 1
        }
    }
}
