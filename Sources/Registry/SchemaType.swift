/// The language of a registered schema.
public enum SchemaType: String, Hashable, Sendable, CaseIterable {
    case avro = "AVRO"
    case json = "JSON"
    /// Known by name, and refused.
    case protobuf = "PROTOBUF"
}
