import Columnar
import Diagnostics
import Formats
import Language
import Registry

/// Columns from registered schemas, and schemas of columns into the registry, as ksqlDB has it.
struct SchemaAnalyzer {
    typealias Format = SourceProperties.Format

    /// The half of a record that a schema is of.
    enum Part: String {
        case key
        case value

        /// What the only column of an unwrapped schema is named.
        var columnName: String { self == .key ? "ROWKEY" : "ROWVAL" }
    }

    static let known = [
        "key_schema_id", "value_schema_id", "key_schema_full_name", "value_schema_full_name",
        "value_avro_schema_full_name",
    ]

    let registry: any SchemaDirectory
    let properties: ConnectorProperties
    let statement: Statement

    // MARK: From the registry

    /// The schema id that the clause gives for keys or values; nil when it gives none.
    func id(_ part: Part, _ format: Format) throws(Diagnostic) -> Int32? {
        let name = "\(part.rawValue)_schema_id"
        guard let id = try properties.integer(name, in: 0...Int(Int32.max)) else { return nil }
        guard format.hasSchemas else {
            throw Diagnostic(
                .invalidStatement,
                "'\(name)' is given, and the format \(format.rawValue) has no registered schemas",
                at: properties.location(of: name), expected: "the format AVRO or JSON_SR",
                hint: "remove the property, or give another \(part.rawValue)_format")
        }
        return Int32(id)
    }

    /// The columns that the registry has for a source that declares none.
    ///
    /// - Parameter isWrapped: whether a record is an object of columns; if not, it is one column.
    func columns(
        _ part: Part, of topic: String, _ format: Format, id: Int32?, isWrapped: Bool
    ) throws(Diagnostic) -> [RelationColumn] {
        let schema = try schema(part, of: topic, id: id)
        // Names of a schema that the statement names itself stay as they are.
        let type = try type(of: schema, part, format, keepsCase: id != nil)
        guard isWrapped else { return [RelationColumn(part.columnName, type)] }
        guard case .structure(let fields) = type else {
            throw Diagnostic(
                .typeMismatch,
                "the \(part.rawValue) schema of the topic \(topic) is \(type.sql), and no record",
                at: place(part), hint: "add wrap_single_value = false: it becomes the column ROWVAL")
        }
        return fields.map { RelationColumn($0.name, $0.type) }
    }

    private func place(_ part: Part) -> SourceLocation? {
        let name = "\(part.rawValue)_schema_id"
        return properties.location(of: properties.text(name) != nil ? name : "kafka_topic")
    }

    private func schema(
        _ part: Part, of topic: String, id: Int32?
    ) throws(Diagnostic) -> RegisteredSchema {
        let subject = "\(topic)-\(part.rawValue)"
        if let id {
            if let schema = try registry.schema(id: id) { return schema }
            throw Diagnostic(
                .notFound, "the registry has no schema with the id \(id)", at: place(part),
                hint: "give the id of a schema that is registered")
        }
        if let latest = try registry.latest(subject) { return latest }
        let subjects = try registry.subjectNames()
        let suggestion = NearestName.suggestion(for: subject, among: subjects)
        throw Diagnostic(
            .notFound, "the registry has no \(part.rawValue) schema of the topic \(topic)",
            at: place(part), expected: "a schema under the subject '\(subject)'",
            hint: suggestion.map { "did you mean the topic of '\($0)'?" }
                ?? (part == .key
                    ? "declare the key's column: id STRING KEY"
                    : "declare the columns: CREATE STREAM … (id STRING, …) WITH (…)"))
    }

    /// The SQL type of a whole schema.
    private func type(
        of schema: RegisteredSchema, _ part: Part, _ format: Format, keepsCase: Bool
    ) throws(Diagnostic) -> DataType {
        do throws(UnsupportedType) {
            switch (schema.content, format) {
            case (.avro(let avro), .avro):
                return try AvroColumns.type(of: avro, avro.root, keepsCase: keepsCase)
            case (.json(let json), .jsonSchema):
                return try JSONSchemaColumns.type(of: json, keepsCase: keepsCase)
            default:
                throw UnsupportedType(
                    "it is of type \(schema.type.rawValue), and the format is \(format.rawValue)", path: [])
            }
        } catch {
            let field = error.path.filter { !$0.isEmpty }.joined(separator: "->")
            throw Diagnostic(
                .typeMismatch,
                "the \(part.rawValue) schema \(schema.id) gives no columns: "
                    + (field.isEmpty ? "" : "\(field): ") + error.reason,
                at: place(part), hint: "declare the columns that you need")
        }
    }

    // MARK: Into the registry

    /// Registers what a source declares where its topic has no schema yet, and puts the ids of the schemas
    /// into the relation's topic: INSERT INTO writes with them.
    func registerDeclared(_ relation: inout Relation, _ source: SourceProperties) throws(Diagnostic) {
        guard let topic = relation.topic else { return }
        for part in [Part.key, .value] {
            let format = part == .key ? source.keyFormat : source.valueFormat
            let columns = part == .key ? relation.keys : relation.recordValues
            guard format.hasSchemas, !columns.isEmpty else { continue }
            var id = try id(part, format)
            if id == nil { id = try registry.latest("\(topic.name)-\(part.rawValue)")?.id }
            if id == nil { id = try register(part, relation, topic, Array(columns), format) }
            if part == .key { relation.topic?.keySchemaID = id } else { relation.topic?.valueSchemaID = id }
        }
    }

    /// Registers the schemas of what a query writes, or finds those that the clause names; puts their ids
    /// into the topic.
    func registerWritten(_ relation: Relation, _ topic: inout TopicProperties) throws(Diagnostic) {
        let keys = Array(relation.keys)
        if let id = try id(.key, topic.keyFormat) {
            topic.keySchemaID = try checked(id, .key, keys, topic.keyFormat, isWrapped: keys.count > 1)
        } else if topic.keyFormat.hasSchemas, !keys.isEmpty {
            topic.keySchemaID = try register(.key, relation, topic, keys, topic.keyFormat)
        }
        let values = Array(relation.values)
        if let id = try id(.value, topic.valueFormat) {
            let isWrapped = values.count != 1 || topic.wrapsSingleValue
            topic.valueSchemaID = try checked(id, .value, values, topic.valueFormat, isWrapped: isWrapped)
        } else if topic.valueFormat.hasSchemas {
            topic.valueSchemaID = try register(.value, relation, topic, values, topic.valueFormat)
        }
    }

    /// Whether the columns can be written with the schema of that id: they must be its first, in its order.
    private func checked(
        _ id: Int32, _ part: Part, _ columns: [RelationColumn], _ format: Format, isWrapped: Bool
    ) throws(Diagnostic) -> Int32 {
        let schema = try schema(part, of: "", id: id)
        let type = try type(of: schema, part, format, keepsCase: true)
        var known = [Field(columns.first?.name ?? part.columnName, type)]
        if isWrapped {
            guard case .structure(let fields) = type else {
                throw Diagnostic(
                    .typeMismatch, "the schema \(id) is \(type.sql), and no record", at: place(part))
            }
            known = fields
        }
        let odd = columns.enumerated().filter { index, column in
            index >= known.count || known[index] != Field(column.name, column.type)
        }
        if !odd.isEmpty {
            let names = odd.map { "\($0.element.name) \($0.element.type.sql)" }.joined(separator: ", ")
            throw Diagnostic(
                .schemaMismatch,
                "\(part.rawValue) columns are not as the schema \(id) has them: \(names)", at: place(part),
                expected: known.map { "`\($0.name)` \($0.type.sql)" }.joined(separator: ", "),
                hint: "select the schema's columns, in its order and with its names")
        }
        do throws(DecodeError) {
            if case .avro(let avro) = schema.content {
                _ = try AvroEncoder(
                    schema: Schema(columns.map { Field($0.name, $0.type) }), as: avro, isWrapped: isWrapped)
            }
        } catch {
            throw Diagnostic(.schemaMismatch, "schema \(id): \(error.message)", at: place(part))
        }
        return id
    }

    private func register(
        _ part: Part, _ relation: Relation, _ topic: TopicProperties, _ columns: [RelationColumn],
        _ format: Format
    ) throws(Diagnostic) -> Int32 {
        let fields = columns.map { Field($0.name, $0.type) }
        let isWrapped = part == .key ? fields.count > 1 : fields.count != 1 || topic.wrapsSingleValue
        let schema: JSONValue
        if format == .avro {
            let writer = AvroSchemaWriter(fullName: try fullName(part, relation))
            schema = isWrapped ? writer.record(fields) : writer.value(fields[0].type)
        } else {
            schema = isWrapped ? JSONSchemaWriter.object(fields) : JSONSchemaWriter.value(fields[0].type)
        }
        do throws(Diagnostic) {
            return try registry.add(
                SchemaDefinition(schema.text, type: format == .avro ? .avro : .json),
                to: "\(topic.name)-\(part.rawValue)")
        } catch {
            var error = error
            error.location = properties.location(of: "kafka_topic")
            throw error
        }
    }

    /// The name that the clause gives for the record of keys or values, or ksqlDB's own.
    private func fullName(_ part: Part, _ relation: Relation) throws(Diagnostic) -> String {
        var names = ["\(part.rawValue)_schema_full_name"]
        if part == .value { names.append("value_avro_schema_full_name") }
        guard let name = names.first(where: { properties.text($0) != nil }),
            let text = properties.text(name)
        else {
            return part == .value
                ? AvroSchemaWriter.standardName
                : "io.confluent.ksql.avro_schemas.\(Self.camelCase(relation.name))Key"
        }
        guard AvroSchemaWriter.isName(text) else {
            throw properties.invalid(
                name, text, expected: "a name such as com.shop.Order",
                hint: "letters, digits and underscores, with dots between its parts")
        }
        return text
    }

    /// `PAGE_VIEWS` as `PageViews`.
    private static func camelCase(_ name: String) -> String {
        name.split { $0 == "_" || $0 == "-" || $0 == "." }.map { word in
            word.prefix(1).uppercased() + word.dropFirst().lowercased()
        }.joined()
    }

    /// Refuses names of schemas for formats that have none.
    func refuseNames(key: Format, value: Format) throws(Diagnostic) {
        for name in Self.known where name.hasSuffix("full_name") && properties.text(name) != nil {
            let format = name.hasPrefix("key") ? key : value
            guard !format.hasSchemas else { continue }
            throw Diagnostic(
                .invalidStatement,
                "'\(name)' is given, and the format \(format.rawValue) has no named schemas",
                at: properties.location(of: name), hint: "remove the property")
        }
    }
}
