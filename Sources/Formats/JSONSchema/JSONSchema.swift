import Diagnostics

/// A JSON Schema, as a registry keeps it.
public struct JSONSchema: Sendable {
    /// As it was given.
    public let text: String
    /// With the schemas that it refers to put into it.
    public let document: JSONValue

    /// Throws a ``Diagnostic`` with the place in the text for what is no JSON, or no schema.
    ///
    /// - Parameter references: texts of other schemas by the names that `$ref` gives them.
    public init(
        parsing text: String, references: [(name: String, text: String)] = []
    ) throws(Diagnostic) {
        let document: JSONValue
        do throws(JSONSyntaxError) {
            document = try JSONValue(parsing: text)
        } catch {
            throw Diagnostic(
                .syntax, "the schema is no JSON: \(error.reason)",
                at: SourceLocation(in: text, offset: error.offset, length: 1))
        }
        self.text = text
        self.document = JSONSchemaBundle.document(
            document,
            others: references.compactMap { reference in
                (try? JSONValue(parsing: reference.text)).map { (reference.name, $0) }
            })
        var found: (String, [AvroSchemaReader.Step])?
        JSONSchema.check(document, [], depth: 0, &found)
        if let found {
            let place = JSONPlaces.range(of: found.1, in: text)
            throw Diagnostic(
                .invalidValue, found.0,
                at: SourceLocation(in: text, offset: place.lowerBound, length: place.count))
        }
        if let missing = missingReference(self.document, depth: 0) {
            throw Diagnostic(
                .invalidValue, "the reference \(missing) leads nowhere",
                expected: "a place in the document, or a schema among its references")
        }
    }

    /// A `$ref` that names nothing. Those to the schema of schemas are left alone.
    private func missingReference(_ json: JSONValue, depth: Int) -> String? {
        guard depth < 256 else { return nil }
        switch json {
        case .array(let elements):
            for element in elements {
                if let missing = missingReference(element, depth: depth + 1) { return missing }
            }
        case .object(let members):
            if let text = json["$ref"]?.string, !text.contains("json-schema.org/"),
                text.hasPrefix("#/") || !text.hasPrefix("#"), resolved(json) == nil
            {
                return text
            }
            for member in members where !["enum", "const", "default", "examples"].contains(member.name) {
                if let missing = missingReference(member.value, depth: depth + 1) { return missing }
            }
        default: break
        }
        return nil
    }

    private static let types: Set<String> = [
        "null", "boolean", "integer", "number", "string", "array", "object",
    ]
    private static let listed = ["oneOf", "anyOf", "allOf"]
    private static let named = ["properties", "definitions", "$defs", "patternProperties"]

    /// What of a schema this program reads must be well formed.
    private static func check(
        _ schema: JSONValue, _ path: [AvroSchemaReader.Step], depth: Int,
        _ found: inout (String, [AvroSchemaReader.Step])?
    ) {
        if found != nil || schema.boolean != nil { return }
        guard let members = schema.members, depth < 128 else {
            found = ("\(depth < 128 ? schema.text : "it nests too deep and") is no JSON Schema", path)
            return
        }
        for member in members where found == nil {
            let at = path + [.member(member.name)]
            switch member.name {
            case "type":
                let words = member.value.array ?? [member.value]
                for word in words where !(word.string.map(types.contains) ?? false) {
                    found = ("\(word.text) is no type of JSON Schema", at)
                }
            case _ where listed.contains(member.name):
                guard let branches = member.value.array, !branches.isEmpty else {
                    found = ("\(member.name) is no list of schemas", at)
                    return
                }
                for (index, branch) in branches.enumerated() {
                    check(branch, at + [.element(index)], depth: depth + 1, &found)
                }
            case _ where named.contains(member.name):
                guard let parts = member.value.members else {
                    found = ("\(member.name) are no schemas by name", at)
                    return
                }
                for part in parts { check(part.value, at + [.member(part.name)], depth: depth + 1, &found) }
            case "items" where member.value.array == nil, "additionalProperties", "not":
                check(member.value, at, depth: depth + 1, &found)
            default: break
            }
        }
    }

    /// The schema that a `$ref` within the document names, following at most 32.
    func resolved(_ schema: JSONValue) -> JSONValue? {
        var schema = schema
        for _ in 0..<32 {
            guard let reference = schema["$ref"]?.string else { return schema }
            guard reference == "#" || reference.hasPrefix("#/") else { return nil }
            var place = document
            for part in reference.dropFirst(1).split(separator: "/") {
                let name = String(part).replacing("~1", with: "/").replacing("~0", with: "~")
                guard let next = place[name] ?? Int(name).flatMap({ place[$0] }) else { return nil }
                place = next
            }
            schema = place
        }
        return nil
    }
}
