import Columnar

/// Avro's binary encoding into columns: messages that name their schema, or values of one schema.
///
/// Columns find fields by name as ``AvroCompiler`` says. A message whose schema is not to be had, or has no
/// value for a column, is a bad record with the reason.
public final class AvroDecoder: RecordDecoder {
    /// Where the writer's schema comes from.
    public enum Writer: Sendable {
        /// Each message begins with the id of its schema.
        case registry(any SchemaSource)
        case schema(AvroSchema)
    }

    public let fields: [DecodedField]
    private let writer: Writer
    private let reader: AvroSchema?
    private let isWrapped: Bool
    private let slots: ColumnSlots
    private var programs: [Int32: Result<AvroProgram, DecodeError>] = [:]
    private var lastID: Int32 = 0
    private var last: AvroProgram?

    /// - Parameters:
    ///   - reader: what the values are to be read as, by the rules of schema resolution; nil takes them as
    ///     they were written.
    ///   - isWrapped: whether a record is an Avro record; if not, it is the value of the only column.
    public init(
        fields: [DecodedField], writer: Writer, reader: AvroSchema? = nil, isWrapped: Bool = true
    ) {
        self.fields = fields
        self.writer = writer
        self.reader = reader
        self.isWrapped = isWrapped
        slots = ColumnSlots(fields)
        if case .schema(let schema) = writer { last = program(schema) }
    }

    /// Messages have no line ends: the range is one record.
    public func decode(_ buffer: Buffer, range: Range<Int>, limit: Int) -> DecodedRecords {
        decode(buffer, frames: RecordFrames(limit > 0 ? [range] : []))
    }

    public func decode(_ buffer: Buffer, frames: RecordFrames) -> DecodedRecords {
        slots.decode(buffer, frames) { base, range, row in
            do throws(DecodeError) {
                try read(base, range, row: row)
                return nil
            } catch {
                return error
            }
        }
    }

    private func read(_ base: UnsafeRawPointer, _ range: Range<Int>, row: Int) throws(DecodeError) {
        var range = range
        if case .registry(let source) = writer {
            guard let id = SchemaMessage.schemaID(base, range) else {
                throw SchemaMessage.missing(range.count)
            }
            if last == nil || id != lastID {
                last = try program(id, from: source)
                lastID = id
            }
            range = range.lowerBound + SchemaMessage.headerLength..<range.upperBound
        }
        guard let program = last else { return }
        var rows = AvroRowReader(program, slots, AvroCursor(base, range))
        do throws(AvroFault) {
            try rows.read(row: row)
            if rows.cursor.position != range.upperBound {
                throw AvroFault(.trailingBytes, rows.cursor.position)
            }
        } catch {
            throw reason(error, program, start: range.lowerBound)
        }
    }

    /// Decodes up to `limit` values that stand one behind the other, as in a container file's block.
    ///
    /// A bad value ends the run: where the next begins is not known. `end` is behind the last good one.
    func decodeRun(_ buffer: Buffer, range: Range<Int>, limit: Int) -> DecodedRecords {
        slots.begin(rows: limit)
        var errors: [DecodedRecords.RowError] = []
        let base = UnsafeRawPointer(buffer.pointer)
        var row = 0
        var position = range.lowerBound
        if let program = last {
            var rows = AvroRowReader(program, slots, AvroCursor(base, range))
            while row < limit {
                do throws(AvroFault) {
                    try rows.read(row: row)
                } catch {
                    slots.setNull(row: row)
                    slots.frames.set(row, start: position, end: range.upperBound)
                    let reason = reason(error, program, start: range.lowerBound)
                    errors.append(DecodedRecords.RowError(row: row, reason: reason))
                    row += 1
                    break
                }
                slots.frames.set(row, start: position, end: rows.cursor.position)
                position = rows.cursor.position
                row += 1
            }
        }
        return slots.finish(
            count: row, buffer: buffer, errors: errors, consumed: range.lowerBound..<position)
    }

    // MARK: Programs

    private func program(_ id: Int32, from source: any SchemaSource) throws(DecodeError) -> AvroProgram {
        if let known = programs[id] { return try known.get() }
        let made: Result<AvroProgram, DecodeError>
        do throws(DecodeError) {
            made = .success(program(try source.avroSchema(id: id)))
        } catch {
            made = .failure(error)
        }
        // Ids come from the data: what is kept of them is bounded. A schema that is missing now may come.
        if programs.count >= 1024 { programs.removeAll() }
        if case .success = made { programs[id] = made }
        return try made.get()
    }

    private func program(_ schema: AvroSchema) -> AvroProgram {
        AvroCompiler.program(writer: schema, reader: reader, fields: fields, isWrapped: isWrapped)
    }

    private func reason(_ fault: AvroFault, _ program: AvroProgram, start: Int) -> DecodeError {
        switch fault.kind {
        case .refused:
            let step = program.steps[Int(max(0, fault.step))]
            let text = String(decoding: program.texts[Int(step.first)], as: UTF8.self)
            return DecodeError(.wrongType, "\(column(fault, program))\(text)")
        case .outOfRange:
            return DecodeError(
                .wrongType,
                "\(column(fault, program))a value does not fit, at byte \(fault.offset - start)")
        case .badUTF8:
            return DecodeError(.badUTF8, "a text is not UTF-8 at byte \(fault.offset - start)")
        case .tooDeep: return DecodeError(.tooDeep, fault.text)
        default:
            return DecodeError(
                .malformedAvro, "malformed Avro at byte \(fault.offset - start): \(fault.text)")
        }
    }

    private func column(_ fault: AvroFault, _ program: AvroProgram) -> String {
        guard let name = program.columns[fault.step], !name.isEmpty else { return "" }
        return "column \(name): "
    }
}
