import Columnar
import Diagnostics
import Formats
import Planning
import Registry

/// Rows of a relation into the keys and values of messages, by the formats of its topic.
///
/// A key whose columns are all NULL is none, unless the topic writes such keys. A row that is gone has no
/// value: a tombstone. The key of a windowed relation has the window behind it, as Kafka's serializers have:
/// the start of a time window, the end and the start of a session, 8 bytes each, big-endian. For one
/// thread at a time.
public final class MessageEncoder: @unchecked Sendable {
    /// A row that the schema of its topic has no place for.
    public struct Refusal: Sendable {
        /// Among the messages that were encoded together.
        public let row: Int
        public let reason: DecodeError
    }

    private let topic: TopicProperties
    private let keyCount: Int
    private let windowing: Relation.Windowing?
    private let keySchema: Schema
    private let valueSchema: Schema
    /// nil where there are none.
    private let keys: (any RecordEncoder)?
    private let values: (any RecordEncoder)?

    /// Throws where a schema is missing, or has no place for a column's type.
    public init(relation: Relation, topic: TopicProperties, registry: any SchemaDirectory) throws(Diagnostic)
    {
        self.topic = topic
        keyCount = relation.keyCount
        windowing = relation.windowing
        keySchema = Schema(relation.keys.map { Field($0.name, $0.type) })
        valueSchema = Schema(relation.recordValues.map { Field($0.name, $0.type) })
        keys = try Self.encoder(
            keySchema, topic.keyFormat, topic.keyDelimiter, isWrapped: keyCount > 1,
            try Self.schema(topic.keySchemaID, "\(topic.name)-key", topic.keyFormat, registry))
        values = try Self.encoder(
            valueSchema, topic.valueFormat, topic.delimiter,
            isWrapped: valueSchema.count != 1 || topic.wrapsSingleValue,
            try Self.schema(topic.valueSchemaID, "\(topic.name)-value", topic.valueFormat, registry))
    }

    private static func schema(
        _ id: Int32?, _ subject: String, _ format: SourceProperties.Format, _ registry: any SchemaDirectory
    ) throws(Diagnostic) -> RegisteredSchema? {
        guard format.hasSchemas else { return nil }
        if let id {
            if let schema = try registry.schema(id: id) { return schema }
            throw Diagnostic(.notFound, "the registry has no schema with the id \(id), for \(subject)")
        }
        if let latest = try registry.latest(subject) { return latest }
        throw Diagnostic(
            .notFound, "the registry has no schema under the subject \(subject)",
            hint: "register one: records in \(format.rawValue) are written by it")
    }

    private static func encoder(
        _ schema: Schema, _ format: SourceProperties.Format, _ delimiter: String?, isWrapped: Bool,
        _ registered: RegisteredSchema?
    ) throws(Diagnostic) -> (any RecordEncoder)? {
        // Without a column there is nothing to write but an object without fields.
        if schema.count == 0, !isWrapped { return nil }
        switch format {
        case .none: return nil
        case .json: return JSONEncoder(schema: schema, isWrapped: isWrapped)
        case .delimited, .csv, .lines:
            let options = CSVOptions(delimiter: delimiter?.utf8.first ?? UInt8(ascii: ","))
            return CSVEncoder(schema: schema, options: options, emptyText: .bare)
        case .kafka:
            guard let field = schema.fields.first else { return nil }
            guard KafkaDecoder.supports(field.type) else {
                throw Diagnostic(
                    .unsupported,
                    "the KAFKA format can't hold column \(field.name) of type \(field.type.sql)",
                    expected: "INTEGER, BIGINT, DOUBLE, STRING or BYTES")
            }
            return KafkaEncoder(field: field)
        case .avro, .jsonSchema:
            guard let registered else { return nil }
            switch registered.content {
            case .json: return SchemaJSONEncoder(schema: schema, id: registered.id, isWrapped: isWrapped)
            case .avro(let avro):
                do throws(DecodeError) {
                    return try AvroEncoder(
                        schema: schema, as: avro, id: registered.id, isWrapped: isWrapped)
                } catch {
                    throw Diagnostic(.schemaMismatch, error.message)
                }
            }
        }
    }

    /// Rows that can be encoded piece by piece.
    public struct Rows {
        let keys: EncodedBatch
        let values: EncodedBatch
        let keyColumns: [Column]
        let count: Int
        /// Rows that have a value; nil is all.
        let presence: Bitmap?
        /// BIGINT; nil where keys have no window.
        let windowStarts: Column?
        let windowEnds: Column?
    }

    /// - Parameters:
    ///   - columns: the relation's, keys first; more may follow.
    ///   - windows: bounds of each row, which go behind its key; nil leaves them out.
    public func rows(
        _ columns: [Column], count: Int, presence: Bitmap? = nil,
        windows: (starts: Column, ends: Column)? = nil
    ) -> Rows {
        let keyColumns = Array(columns[..<keyCount])
        let valueColumns = Array(columns[keyCount..<(keyCount + valueSchema.count)])
        return Rows(
            keys: EncodedBatch(Batch(schema: keySchema, columns: keyColumns, count: count)),
            values: EncodedBatch(Batch(schema: valueSchema, columns: valueColumns, count: count)),
            keyColumns: keyColumns, count: count, presence: presence,
            windowStarts: windowing == nil ? nil : windows?.starts,
            windowEnds: windowing == .session ? windows?.ends : nil)
    }

    /// The messages of some rows. Rows that are refused have neither key nor value.
    public func encode(_ rows: Rows, _ range: Range<Int>) -> EncodedMessages {
        var refusals: [Refusal] = []
        let hasNullKeys = rows.keyColumns.allSatisfy { $0.validity != nil }
        let writesNullKeys = keyCount > 1 && topic.writesNullKeys
        let keyPart = encode(keys, rows.keys, range, &refusals, into: "key") { row, out in
            appendWindow(rows, row, out)
        } isPresent: { row in
            !hasNullKeys || writesNullKeys || rows.keyColumns.contains { $0.isValid(row) }
        }
        let presence = rows.presence
        let valuePart = encode(values, rows.values, range, &refusals, into: "value") { _, _ in
        } isPresent: { row in
            presence?[row] ?? true
        }
        refusals.sort { $0.row < $1.row }
        // A row whose key and value are both refused is one.
        let first = refusals.indices.filter { $0 == 0 || refusals[$0].row != refusals[$0 - 1].row }
        return EncodedMessages(
            keys: keyPart, values: valuePart, count: range.count, refusals: first.map { refusals[$0] })
    }

    private func appendWindow(_ rows: Rows, _ row: Int, _ out: ByteWriter) {
        func append(_ column: Column) {
            withUnsafeBytes(of: column.int64s[row].bigEndian) { out.append($0) }
        }
        if let ends = rows.windowEnds { append(ends) }
        if let starts = rows.windowStarts { append(starts) }
    }

    private func encode(
        _ encoder: (any RecordEncoder)?, _ batch: EncodedBatch, _ range: Range<Int>,
        _ refusals: inout [Refusal], into part: String, finish: (Int, ByteWriter) -> Void,
        isPresent: (Int) -> Bool
    ) -> EncodedMessages.Part {
        let starts = Buffer(capacity: range.count * 4)
        let lengths = Buffer(capacity: range.count * 4)
        let start = starts.pointer.assumingMemoryBound(to: UInt32.self)
        let length = lengths.pointer.assumingMemoryBound(to: UInt32.self)
        let out = ByteWriter(capacity: range.count * 64)
        let refusing = encoder as? AvroEncoder
        refusing?.forgetRefusals()
        for (index, row) in range.enumerated() {
            let before = out.count
            start[index] = UInt32(truncatingIfNeeded: before)
            if isPresent(row), let encoder, encoder.append(row: row, of: batch, to: out) {
                finish(row, out)
                length[index] = UInt32(truncatingIfNeeded: out.count - before)
            } else {
                out.truncate(to: before)
                length[index] = RecordFrames.absent
            }
            precondition(out.count < Int(UInt32.max), "the messages of a piece take less than 4 GiB")
        }
        for refusal in refusing?.refusals ?? [] {
            let reason = DecodeError(refusal.reason.code, "the \(part): " + refusal.reason.message)
            refusals.append(Refusal(row: refusal.row - range.lowerBound, reason: reason))
        }
        return EncodedMessages.Part(
            buffer: out.take(), frames: RecordFrames(count: range.count, starts: starts, lengths: lengths))
    }
}
