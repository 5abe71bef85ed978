import Columnar
import Diagnostics
import Formats
import Registry

/// ALTER … ADD COLUMN of a relation whose values have a registered schema.
extension SchemaAnalyzer {
    /// Registers the schema's next version, which has what the last one has and the new columns behind that,
    /// and has the relation written with it. Where the last version knows the columns already, it is taken.
    ///
    /// - Throws: `conflict` where the subject does not allow more columns.
    func registerAdded(
        _ columns: [RelationColumn], to relation: inout Relation, _ source: SourceProperties
    ) throws(Diagnostic) {
        guard let topic = relation.topic, source.valueFormat.hasSchemas else { return }
        let subject = "\(topic.name)-\(Part.value.rawValue)"
        var known = try registry.latest(subject)
        if known == nil, let id = topic.valueSchemaID { known = try registry.schema(id: id) }
        guard let latest = known else { return }
        let fields = columns.map { Field($0.name, $0.type) }
        let (text, type): (String?, SchemaType)
        switch latest.content {
        case .avro: (text, type) = (Self.avro(latest.text, adding: fields), .avro)
        case .json: (text, type) = (Self.json(latest.text, adding: fields), .json)
        }
        guard let text else {
            throw Diagnostic(
                .schemaMismatch, "the schema \(latest.id) of \(subject) is no record, so it gets no columns",
                at: statement.location(of: statement.span),
                hint: "create the \(relation.kind.rawValue.lowercased()) anew, over another topic")
        }
        do throws(Diagnostic) {
            // What records had under a column's name before is nobody's column: as with JSON.
            relation.topic?.valueSchemaID = try registry.add(
                SchemaDefinition(text, type: type), to: subject, takesProperties: true)
        } catch {
            var error = error
            error.location = statement.location(of: statement.span)
            throw error
        }
    }

    private static func avro(_ text: String, adding fields: [Field]) -> String? {
        guard let schema = try? JSONValue(parsing: text), let known = schema["fields"]?.array else {
            return nil
        }
        // Records inside of new columns are named by the way that leads to them, as the writer names them.
        var name = schema["name"]?.string ?? AvroSchemaWriter.standardName
        if let space = schema["namespace"]?.string, !name.contains(".") { name = "\(space).\(name)" }
        let names = known.compactMap { $0["name"]?.string }
        let new = AvroSchemaWriter(fullName: name).record(fields.filter { !contains($0, in: names) })
        return with(.array(known + (new["fields"]?.array ?? [])), as: "fields", in: schema)
    }

    private static func json(_ text: String, adding fields: [Field]) -> String? {
        guard let schema = try? JSONValue(parsing: text), var known = schema["properties"]?.members else {
            return nil
        }
        let new = fields.filter { !contains($0, in: known.map(\.name)) }
        for member in JSONSchemaWriter.object(new)["properties"]?.members ?? [] {
            var parts = member.value.members ?? []
            for index in parts.indices where parts[index].name == "connect.index" {
                parts[index].value = .number(known.count)
            }
            known.append(JSONValue.Member(member.name, .object(parts)))
        }
        return with(.object(known), as: "properties", in: schema)
    }

    private static func contains(_ field: Field, in names: [String]) -> Bool {
        names.contains { $0 == field.name || $0.uppercased() == field.name }
    }

    private static func with(_ value: JSONValue, as name: String, in schema: JSONValue) -> String {
        var members = schema.members ?? []
        for index in members.indices where members[index].name == name { members[index].value = value }
        return JSONValue.object(members).text
    }
}
