import Diagnostics
import Formats

/// A schema that has an id: parsed once, then shared.
public final class RegisteredSchema: Sendable {
    /// The parsed schema.
    public enum Content: Sendable {
        case avro(AvroSchema)
        case json(JSONSchema)
    }

    public let id: Int32
    public let content: Content

    init(id: Int32, content: Content) {
        self.id = id
        self.content = content
    }

    public var type: SchemaType {
        switch content {
        case .avro: return .avro
        case .json: return .json
        }
    }

    /// As it was registered.
    public var text: String {
        switch content {
        case .avro(let schema): return schema.text
        case .json(let schema): return schema.text
        }
    }

    /// Parses a schema of a type; throws a ``Diagnostic`` with the place in the text.
    static func parse(_ text: String, _ type: SchemaType) throws(Diagnostic) -> Content {
        switch type {
        case .avro: return .avro(try AvroSchema(parsing: text))
        case .json: return .json(try JSONSchema(parsing: text))
        case .protobuf:
            throw Diagnostic(
                .unsupported, "this registry keeps no PROTOBUF schemas", expected: "AVRO or JSON",
                hint: "write the schema in Avro or JSON Schema")
        }
    }

    /// What tells schemas apart: the JSON without white space. Two schemas that differ in documentation or
    /// attributes are two, as their readers may want to see them.
    static func identity(_ text: String, _ type: SchemaType) -> String {
        let json = try? JSONValue(parsing: text)
        return type.rawValue + " " + (json?.text ?? "\"\(text)\"")
    }
}
