import Formats
import HTTP
import Registry

/// A request's query and body, read.
struct RegistryQuestion {
    let request: HTTPRequest

    /// Whether a flag of the query is on.
    func isSet(_ name: String) -> Bool { flag(name) ?? false }

    /// nil where the query does not have it.
    func flag(_ name: String) -> Bool? {
        request.query(name).map { $0.lowercased() == "true" }
    }

    var includesDeleted: Bool { isSet("deleted") || isSet("lookupDeletedSubject") }

    func number(_ name: String, standard: Int) throws(RegistryRefusal) -> Int {
        guard let text = request.query(name) else { return standard }
        guard let number = Int(text) else { throw .badRequest("\(name)=\(text) is no number") }
        return number
    }

    // MARK: Bodies

    func object() throws(RegistryRefusal) -> JSONValue {
        guard RegistryMediaType.isRead(request.contentType) else {
            throw RegistryRefusal(415, 415, "HTTP 415 Unsupported Media Type")
        }
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: request.body)
        } catch {
            throw .badRequest("the body is no JSON: \(error.reason) at byte \(error.offset)")
        }
        guard json.members != nil else { throw .badRequest("the body is no JSON object") }
        return json
    }

    /// A body's text; nil where it is missing or null.
    static func text(_ name: String, in json: JSONValue) throws(RegistryRefusal) -> String? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let text = value.string else { throw .unprocessable("\(name) is no text: \(value.text)") }
        return text
    }

    static func flag(_ name: String, in json: JSONValue) throws(RegistryRefusal) -> Bool? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let flag = value.boolean else { throw .unprocessable("\(name) is no boolean: \(value.text)") }
        return flag
    }

    /// A body's whole number; nil where it is missing or null.
    static func number(
        _ name: String, in json: JSONValue, from lowest: Int
    ) throws(RegistryRefusal) -> Int? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let number = value.int, number >= lowest, number <= Int(Int32.max) else {
            throw .unprocessable("\(name) is no number from \(lowest) on: \(value.text)")
        }
        return number
    }

    /// The schema of a body.
    static func definition(in json: JSONValue) throws(RegistryRefusal) -> SchemaDefinition {
        let name = try text("schemaType", in: json) ?? SchemaType.avro.rawValue
        guard let type = SchemaType(rawValue: name.uppercased()) else {
            throw RegistryRefusal(422, 42201, "Invalid schema type \(name)")
        }
        if type == .protobuf {
            throw RegistryRefusal(
                422, 42201, "Invalid schema type PROTOBUF: this registry keeps AVRO and JSON")
        }
        for name in ["metadata", "ruleSet", "schemaTags", "schemaTagsToAdd"] {
            guard let value = json[name], !value.isNull else { continue }
            throw .unprocessable("this registry keeps no \(name) of schemas")
        }
        guard let schema = try text("schema", in: json), !schema.isEmpty else {
            throw RegistryRefusal(422, 42201, "Empty schema")
        }
        var references: [SchemaReference] = []
        if let list = json["references"], !list.isNull {
            guard let elements = list.array else { throw .unprocessable("references are no list") }
            for element in elements {
                guard let reference = SchemaReference(element) else {
                    throw .unprocessable("a reference has name, subject and version: \(element.text)")
                }
                references.append(reference)
            }
        }
        return SchemaDefinition(schema, type: type, references: references)
    }
}
