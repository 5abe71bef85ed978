import Diagnostics
import Formats

/// A schema as somebody writes it: its text and the schemas that it refers to.
public struct SchemaDefinition: Hashable, Sendable {
    public var type: SchemaType
    public var text: String
    public var references: [SchemaReference]

    public init(_ text: String, type: SchemaType = .avro, references: [SchemaReference] = []) {
        self.type = type
        self.text = text
        self.references = references
    }

    // Texts are compared byte by byte, not by Unicode's equivalence.
    public static func == (left: SchemaDefinition, right: SchemaDefinition) -> Bool {
        left.type == right.type && left.text.utf8.elementsEqual(right.text.utf8)
            && left.references == right.references
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(references)
    }

    /// As the registry keeps it: the JSON without white space, Avro's attributes in the order of Avro's own
    /// tools. What reads the same but for documentation or attributes stays two schemas, since their readers
    /// may want to see them.
    ///
    /// - Parameter normalizes: also sets foreign attributes, members of JSON Schemas and references in order.
    func kept(normalizes: Bool) -> SchemaDefinition {
        var kept = self
        switch type {
        case .avro: kept.text = AvroSchemaText.of(text, sortsProperties: normalizes)
        case .json:
            if let json = try? JSONValue(parsing: text) {
                kept.text = (normalizes ? Self.sorted(json) : json).text
            }
        case .protobuf: break
        }
        if normalizes {
            kept.references = Set(references).sorted {
                ($0.name, $0.subject, $0.version) < ($1.name, $1.subject, $1.version)
            }
        }
        return kept
    }

    private static func sorted(_ json: JSONValue) -> JSONValue {
        switch json {
        case .array(let elements): return .array(elements.map(sorted))
        case .object(let members):
            return .object(
                members.map { .init($0.name, sorted($0.value)) }.sorted { $0.name < $1.name })
        default: return json
        }
    }

    /// Parses the schema; throws a ``Diagnostic`` with the place in the text.
    ///
    /// - Parameter sources: the schemas that it refers to, each behind those that it refers to itself.
    public func parsed(
        _ sources: [(name: String, text: String)]
    ) throws(Diagnostic) -> RegisteredSchema.Content {
        switch type {
        case .avro: return .avro(try AvroSchema(parsing: text, references: sources.map(\.text)))
        case .json: return .json(try JSONSchema(parsing: text, references: sources))
        case .protobuf:
            throw Diagnostic(
                .unsupported, "this registry keeps no PROTOBUF schemas", expected: "AVRO or JSON",
                hint: "write the schema in Avro or JSON Schema")
        }
    }
}
