/// The JSON of an Avro schema as Avro's own tools print it: attributes in one order, names without the
/// namespace that is around them, no white space.
///
/// Unlike Parsing Canonical Form it keeps documentation, defaults, aliases and foreign attributes, so that
/// two schemas whose texts are equal here are one to everybody who reads them.
public struct AvroSchemaText {
    private let sortsProperties: Bool

    /// - Parameter sortsProperties: whether foreign attributes stand in the order of their names.
    public static func of(_ text: String, sortsProperties: Bool = false) -> String {
        guard let json = try? JSONValue(parsing: text) else {
            // A bare word.
            return JSONValue.string(text).text
        }
        return AvroSchemaText(sortsProperties: sortsProperties).type(json, in: "").text
    }

    private func type(_ json: JSONValue, in namespace: String) -> JSONValue {
        switch json {
        case .string(let word): return .string(reference(word, in: namespace))
        case .array(let branches): return .array(branches.map { type($0, in: namespace) })
        case .object(let members): return object(json, members, in: namespace)
        default: return json
        }
    }

    private func reference(_ word: String, in namespace: String) -> String {
        let name = AvroName(word, enclosing: namespace)
        return name.namespace == namespace ? name.simple : word
    }

    private func object(
        _ json: JSONValue, _ members: [JSONValue.Member], in namespace: String
    ) -> JSONValue {
        guard let word = json["type"]?.string else {
            return json["type"].map { type($0, in: namespace) } ?? json
        }
        var written = Written(json)
        switch word {
        case "record", "error":
            let inner = name(json, &written, in: namespace)
            written.take("doc")
            let fields = json["fields"]?.array ?? []
            written.put("fields", .array(fields.map { field($0, in: inner) }))
            rest(members, but: ["type", "name", "namespace", "doc", "fields", "aliases"], &written)
            written.take("aliases")
        case "enum":
            _ = name(json, &written, in: namespace)
            for attribute in ["doc", "symbols", "default"] { written.take(attribute) }
            let known = ["type", "name", "namespace", "doc", "symbols", "default", "aliases"]
            rest(members, but: known, &written)
            written.take("aliases")
        case "fixed":
            _ = name(json, &written, in: namespace)
            for attribute in ["doc", "size"] { written.take(attribute) }
            rest(members, but: ["type", "name", "namespace", "doc", "size", "aliases"], &written)
            written.take("aliases")
        case "array", "map":
            let part = word == "array" ? "items" : "values"
            written.take("type")
            if let inner = json[part] { written.put(part, type(inner, in: namespace)) }
            rest(members, but: ["type", part], &written)
        default:
            let others = members.filter { $0.name != "type" }
            if others.isEmpty { return .string(reference(word, in: namespace)) }
            written.put("type", .string(reference(word, in: namespace)))
            rest(members, but: ["type"], &written)
        }
        return .object(written.members)
    }

    /// Writes type, name and, where it is not what is around, the namespace; returns the type's own.
    private func name(_ json: JSONValue, _ written: inout Written, in namespace: String) -> String {
        written.take("type")
        let name = AvroName(json["name"]?.string ?? "", enclosing: json["namespace"]?.string ?? namespace)
        written.put("name", .string(name.simple))
        if name.namespace != namespace { written.put("namespace", .string(name.namespace)) }
        return name.namespace
    }

    private func field(_ json: JSONValue, in namespace: String) -> JSONValue {
        guard let members = json.members else { return json }
        var written = Written(json)
        written.take("name")
        if let inner = json["type"] { written.put("type", type(inner, in: namespace)) }
        for attribute in ["doc", "default"] { written.take(attribute) }
        if json["order"]?.string != "ascending" { written.take("order") }
        written.take("aliases")
        rest(members, but: ["name", "type", "doc", "default", "order", "aliases"], &written)
        return .object(written.members)
    }

    private func rest(_ members: [JSONValue.Member], but known: [String], _ written: inout Written) {
        var others = members.filter { !known.contains($0.name) }
        if sortsProperties { others.sort { $0.name < $1.name } }
        written.members += others
    }

    /// The members that are written, and where they come from.
    private struct Written {
        let json: JSONValue
        var members: [JSONValue.Member] = []

        init(_ json: JSONValue) { self.json = json }

        mutating func take(_ name: String) { if let value = json[name] { put(name, value) } }

        mutating func put(_ name: String, _ value: JSONValue) { members.append(.init(name, value)) }
    }
}
