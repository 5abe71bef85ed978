/// Whether a reader's JSON Schema takes what a writer's has let through.
///
/// Compares what the schemas say of types, values, properties and bounds. Where it can't tell, it says that
/// they differ: a schema that is refused can be registered under another level, data that nobody can read
/// stay.
public struct JSONSchemaCompatibility {
    private let reader: JSONSchema
    private let writer: JSONSchema
    private let isOneDocument: Bool
    private var found: [SchemaDifference] = []
    private var depth = 0
    private var steps = 0

    /// Schemas of schemas to choose from take time by the power of their depth.
    private static let stepLimit = 100_000

    private init(_ reader: JSONSchema, _ writer: JSONSchema) {
        self.reader = reader
        self.writer = writer
        isOneDocument = reader.document == writer.document
    }

    /// All that keeps `reader` from taking what `writer` lets through; empty when nothing does.
    public static func differences(reader: JSONSchema, writer: JSONSchema) -> [SchemaDifference] {
        var comparison = JSONSchemaCompatibility(reader, writer)
        comparison.compare(reader.document, writer.document, at: "")
        return comparison.found
    }

    private mutating func note(_ kind: SchemaDifference.Kind, at path: String, _ message: String) {
        found.append(SchemaDifference(kind, at: path, message))
    }

    private mutating func accepts(_ left: JSONValue, _ right: JSONValue) -> Bool {
        let before = found
        found = []
        defer { found = before }
        compare(left, right, at: "")
        return found.isEmpty
    }

    private mutating func compare(_ left: JSONValue, _ right: JSONValue, at path: String) {
        // Schemas that contain themselves are the same from some depth on, or were found to differ before.
        guard depth < 24 else { return }
        steps += 1
        guard steps < Self.stepLimit else {
            if found.isEmpty { note(.combinationNarrowed, at: path, "the schemas are too large to compare") }
            return
        }
        depth += 1
        defer { depth -= 1 }
        guard let left = reader.resolved(left), let right = writer.resolved(right) else {
            return note(.typeChanged, at: path, "a reference leads nowhere")
        }
        if isOneDocument && left == right { return }
        if left.boolean == true || left.members?.isEmpty == true || right.boolean == false { return }
        if left.boolean == false { return note(.typeChanged, at: path, "nothing is valid any more") }
        if let branches = branches(right) {
            for branch in branches { compare(left, branch, at: path) }
            return
        }
        if let branches = branches(left) {
            var isTaken = false
            for branch in branches where !isTaken { isTaken = accepts(branch, right) }
            if !isTaken {
                note(.combinationNarrowed, at: path, "none of its schemas takes \(Self.name(right))")
            }
            return
        }
        for (index, part) in (left["allOf"]?.array ?? []).enumerated() where !accepts(part, right) {
            note(
                .combinationNarrowed, at: "\(path)/allOf/\(index)", "it does not take \(Self.name(right))")
        }
        compareTypes(left, right, path)
        compareValues(left, right, path)
        compareBounds(left, right, path)
        compareProperties(left, right, path)
        if let items = left["items"], items.array == nil, right["type"]?.string == "array" {
            compare(items, right["items"] ?? .boolean(true), at: path + "/items")
        }
    }

    private func branches(_ json: JSONValue) -> [JSONValue]? {
        json["oneOf"]?.array ?? json["anyOf"]?.array
    }

    private static func name(_ json: JSONValue) -> String { json["type"]?.string ?? "every value" }

    private static let all: Set<String> = [
        "null", "boolean", "integer", "number", "string", "array", "object",
    ]

    private static func types(_ json: JSONValue) -> Set<String> {
        guard let type = json["type"] else { return all }
        let words = Set((type.array ?? [type]).compactMap(\.string))
        return words.contains("number") ? words.union(["integer"]) : words
    }

    private mutating func compareTypes(_ left: JSONValue, _ right: JSONValue, _ path: String) {
        let missing = Self.types(right).subtracting(Self.types(left))
        guard !missing.isEmpty else { return }
        let list = missing.sorted().joined(separator: ", ")
        note(.typeChanged, at: path + "/type", "values of type \(list) are not valid any more")
    }

    private mutating func compareValues(_ left: JSONValue, _ right: JSONValue, _ path: String) {
        func values(_ json: JSONValue) -> [JSONValue]? { json["enum"]?.array ?? json["const"].map { [$0] } }
        guard let allowed = values(left) else { return }
        guard let written = values(right) else {
            return note(.enumNarrowed, at: path + "/enum", "it lists values, and any was valid before")
        }
        if let gone = written.first(where: { !allowed.contains($0) }) {
            note(.enumNarrowed, at: path + "/enum", "the value \(gone.text) is not valid any more")
        }
    }

    private mutating func compareBounds(_ left: JSONValue, _ right: JSONValue, _ path: String) {
        let lower = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]
        let upper = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]
        for (names, isNarrower) in [(lower, { (a: Double, b: Double) in a > b }), (upper, { $0 < $1 })] {
            for name in names {
                guard let bound = left[name]?.double else { continue }
                if let before = right[name]?.double, !isNarrower(bound, before) { continue }
                note(.boundNarrowed, at: "\(path)/\(name)", "\(name) is narrower than before")
            }
        }
        for name in ["pattern", "multipleOf", "uniqueItems", "format", "not"] {
            guard let rule = left[name], rule.boolean != false, rule != right[name] else { continue }
            note(.boundNarrowed, at: "\(path)/\(name)", "\(name) asks for more than before")
        }
    }

    private mutating func compareProperties(_ left: JSONValue, _ right: JSONValue, _ path: String) {
        guard Self.types(left).contains("object"), Self.types(right).contains("object") else { return }
        let needed = (left["required"]?.array ?? []).compactMap(\.string)
        let given = Set((right["required"]?.array ?? []).compactMap(\.string))
        for name in needed where !given.contains(name) && left["properties"]?[name]?["default"] == nil {
            note(.requiredAdded, at: path + "/required", "'\(name)' is required, and was not before")
        }
        let (mine, theirs) = (left["properties"]?.members ?? [], right["properties"]?.members ?? [])
        let others = right["additionalProperties"] ?? .boolean(true)
        for member in mine {
            let place = "\(path)/properties/\(member.name)"
            if let before = theirs.last(where: { $0.name == member.name }) {
                compare(member.value, before.value, at: place)
            } else if others.boolean == true || others.members?.isEmpty == true {
                if accepts(member.value, .boolean(true)) { continue }
                note(
                    .propertyAddedToOpen, at: place,
                    "'\(member.name)' is new, and may have had any value before")
            } else if others.boolean != false {
                compare(member.value, others, at: place)
            }
        }
        let rest = left["additionalProperties"] ?? .boolean(true)
        for member in theirs where !mine.contains(where: { $0.name == member.name }) {
            let place = "\(path)/properties/\(member.name)"
            if rest.boolean == false {
                note(.propertyRemovedFromClosed, at: place, "'\(member.name)' is not valid any more")
            } else if rest.members != nil {
                compare(rest, member.value, at: place)
            }
        }
        if rest.boolean == false, others.boolean != false {
            note(
                .additionalPropertiesRemoved, at: path + "/additionalProperties",
                "other properties are not valid any more")
        } else if rest.members != nil, others.boolean != false {
            compare(rest, others, at: path + "/additionalProperties")
        }
    }
}
