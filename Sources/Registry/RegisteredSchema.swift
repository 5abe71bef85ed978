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
    public let definition: SchemaDefinition

    public init(id: Int32, definition: SchemaDefinition, content: Content) {
        self.id = id
        self.definition = definition
        self.content = content
    }

    public var type: SchemaType { definition.type }

    /// As the registry keeps it.
    public var text: String { definition.text }

    public var references: [SchemaReference] { definition.references }
}
