import Columnar
import Connectors
import Formats
import Planning
import Registry

/// Records of a topic as bytes and back into what test files write, by the formats of a relation.
struct TopicCodec {
    let relation: Relation
    let topic: TopicProperties
    let registry: any SchemaDirectory
    /// nil where a schema is missing.
    private let encoder: MessageEncoder?

    init(relation: Relation, topic: TopicProperties, registry: any SchemaDirectory = SchemaRegistry()) {
        self.relation = relation
        self.topic = topic
        self.registry = registry
        encoder = try? MessageEncoder(relation: relation, topic: topic, registry: registry)
    }

    private var keys: [RelationColumn] { Array(relation.keys) }
    private var values: [RelationColumn] { Array(relation.recordValues) }

    // MARK: In

    enum InputError: Error { case noSuchValue(String) }

    func key(_ record: QueryTest.Record) throws -> [UInt8]? {
        if record.key.isNull { return nil }
        var bytes = try bytes(record.key, topic.keyFormat, keys.map(\.type), "key")
        guard let window = record.window else { return bytes }
        // As Kafka's serializers of windowed keys.
        if window.isSession { append(window.end, to: &bytes) }
        append(window.start, to: &bytes)
        return bytes
    }

    func value(_ record: QueryTest.Record) throws -> [UInt8]? {
        record.value.isNull ? nil : try bytes(record.value, topic.valueFormat, values.map(\.type), "value")
    }

    private func append(_ number: Int64, to bytes: inout [UInt8]) {
        bytes += Self.bigEndian(UInt64(bitPattern: number), 8)
    }

    private static func bigEndian(_ bits: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64(count - 1 - $0))) }
    }

    private func bytes(
        _ json: JSONValue, _ format: SourceProperties.Format, _ types: [DataType], _ part: String
    ) throws -> [UInt8] {
        switch format {
        case .json: return Array(json.text.utf8)
        case .avro, .jsonSchema:
            guard let schema = try registry.latest("\(topic.name)-\(part)") else {
                throw InputError.noSuchValue("no schema of \(topic.name)")
            }
            let bytes = [0] + Self.bigEndian(UInt64(UInt32(bitPattern: schema.id)), 4)
            switch schema.content {
            case .avro(let avro): return bytes + (try AvroTestValue(schema: avro).bytes(json))
            case .json: return bytes + Array(json.text.utf8)
            }
        case .delimited, .csv, .lines, .none: return Array(plain(json).utf8)
        case .kafka:
            var bytes: [UInt8] = []
            let type = types.first ?? .string
            let json = types.count == 1 ? json.members?.first?.value ?? json : json
            switch type {
            case .integer:
                guard let number = Int32(plain(json)) else { throw InputError.noSuchValue(json.text) }
                bytes = Self.bigEndian(UInt64(UInt32(bitPattern: number)), 4)
            case .bigint:
                guard let number = Int64(plain(json)) else { throw InputError.noSuchValue(json.text) }
                append(number, to: &bytes)
            case .double:
                guard let number = Double(plain(json)) else { throw InputError.noSuchValue(json.text) }
                append(Int64(bitPattern: number.bitPattern), to: &bytes)
            default: bytes = Array(plain(json).utf8)
            }
            return bytes
        }
    }

    private func plain(_ json: JSONValue) -> String { json.string ?? json.text }

    // MARK: Out

    /// The key as the test file would write it.
    func key(_ row: [Value]) -> JSONValue { shown(row, topic.keyFormat, keys) { $0.key(0) } }

    func value(_ row: [Value]) -> JSONValue { shown(row, topic.valueFormat, values) { $0.value(0) } }

    private var keySchemaID: Int32? { topic.keySchemaID ?? latest("key") }
    private var valueSchemaID: Int32? { topic.valueSchemaID ?? latest("value") }

    private func latest(_ part: String) -> Int32? {
        try? registry.latest("\(topic.name)-\(part)")?.id
    }

    private func shown(
        _ row: [Value], _ format: SourceProperties.Format, _ columns: [RelationColumn],
        _ part: (EncodedMessages) -> [UInt8]?
    ) -> JSONValue {
        guard let messages = encoded(row) else { return "no encoder" }
        if let refusal = messages.refusals.first { return .string(refusal.reason.message) }
        guard let bytes = part(messages) else { return .null }
        switch format {
        case .avro, .jsonSchema: return decoded(bytes)
        case .json: return Self.json(bytes)
        case .kafka: return columns.first.map { Self.plain(bytes, $0) } ?? .null
        case .delimited, .csv, .lines: return .string(String(decoding: bytes, as: UTF8.self))
        case .none: return .null
        }
    }

    private static func json(_ bytes: [UInt8]) -> JSONValue {
        (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }

    /// A value in the KAFKA format as JSON.
    private static func plain(_ bytes: [UInt8], _ column: RelationColumn) -> JSONValue {
        let number = bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let value: Value
        switch column.type {
        case .integer: value = .integer(Int32(truncatingIfNeeded: number))
        case .bigint: value = .bigint(Int64(bitPattern: number))
        case .double: value = .double(Double(bitPattern: number))
        case .bytes: value = .bytes(bytes)
        default: value = .string(String(decoding: bytes, as: UTF8.self))
        }
        let builder = ColumnBuilder(type: column.type)
        builder.append(value)
        let schema = Schema([Field(column.name, column.type)])
        let batch = Batch(schema: schema, columns: [builder.finish()], count: 1)
        return JSONEncoder(schema: schema, isWrapped: false).encode(batch).bytes(0).map(json) ?? .null
    }

    /// A row as the program itself writes it; nil where it has no schema for it.
    private func encoded(
        _ row: [Value], windows: (starts: Column, ends: Column)? = nil
    ) -> EncodedMessages? {
        guard let encoder else { return nil }
        let columns = zip(relation.columns, row).map { Self.column($0.type, $1) }
        return encoder.encode(encoder.rows(columns, count: 1, windows: windows), 0..<1)
    }

    private static func column(_ type: DataType, _ value: Value) -> Column {
        let builder = ColumnBuilder(type: type)
        builder.append(value)
        return builder.finish()
    }
}

extension TopicCodec {
    /// How a record that came out differs from the one that was expected; nil when it does not.
    func difference(_ row: [Value], isDeletion: Bool, _ expected: QueryTest.Record) -> String? {
        if let found = compare(
            key(row), expected.key, keys, topic.keyFormat, keySchemaID, isWrapped: keys.count > 1,
            topic.keyDelimiter, "key")
        {
            return found
        }
        let wraps = values.count != 1 || topic.wrapsSingleValue
        return compare(
            isDeletion ? .null : value(row), expected.value, values, topic.valueFormat, valueSchemaID,
            isWrapped: wraps, topic.delimiter, "value")
    }

    private func compare(
        _ actual: JSONValue, _ expected: JSONValue, _ columns: [RelationColumn],
        _ format: SourceProperties.Format, _ id: Int32?, isWrapped: Bool, _ delimiter: String?,
        _ place: String
    ) -> String? {
        switch format {
        case .avro, .jsonSchema:
            return RecordComparison.difference(actual, expected, written(id) ?? .string, place)
        case .json, .kafka:
            let wrapped = DataType.structure(columns.map { Field($0.name, $0.type) })
            let bare = columns.first?.type ?? .string
            let type = isWrapped && format == .json ? wrapped : bare
            return RecordComparison.difference(actual, expected, type, place)
        case .delimited, .csv, .lines:
            return RecordComparison.delimitedDifference(
                actual, expected, columns.map(\.type), delimiter: delimiter?.first ?? ",", place)
        case .none: return expected.isNull ? nil : "\(place): no key instead of \(expected.text)"
        }
    }

    // MARK: Rows

    /// The message that a row of all columns makes.
    func message(_ row: [Value], eventTime: Int64) -> MemoryRecord {
        let messages = encoded(row)
        return MemoryRecord(key: messages?.key(0), value: messages?.value(0), timestamp: eventTime)
    }

    /// The message that a query writes, with the window behind its key.
    func message(_ record: MemorySink.Record) -> MemoryRecord {
        var windows: (starts: Column, ends: Column)?
        if relation.windowing != nil, let start = record.windowStart, let end = record.windowEnd {
            windows = (Self.column(.bigint, .bigint(start)), Self.column(.bigint, .bigint(end)))
        }
        let messages = encoded(record.values, windows: windows)
        return MemoryRecord(
            key: messages?.key(0), value: record.isDeletion ? nil : messages?.value(0),
            timestamp: record.eventTime, headers: record.headers)
    }

    // MARK: Formats with schemas

    private func decoded(_ bytes: [UInt8]) -> JSONValue {
        let id = bytes.dropFirst().prefix(4).reduce(0 as Int32) { $0 << 8 | Int32($1) }
        let garbled = JSONValue.string(String(decoding: bytes, as: UTF8.self))
        guard bytes.first == 0, let schema = try? registry.schema(id: id) else { return garbled }
        let rest = Array(bytes.dropFirst(5))
        switch schema.content {
        case .avro(let avro): return (try? AvroTestValue(schema: avro).value(rest)) ?? garbled
        case .json: return (try? JSONValue(parsing: rest)) ?? garbled
        }
    }

    /// The type of what the schema of that id describes.
    private func written(_ id: Int32?) -> DataType? {
        guard let id, let schema = try? registry.schema(id: id) else { return nil }
        switch schema.content {
        case .avro(let avro): return try? AvroColumns.type(of: avro, avro.root, keepsCase: true)
        case .json(let json): return try? JSONSchemaColumns.type(of: json, keepsCase: true)
        }
    }
}
