/// Why one schema can't read what was written with another.
public struct SchemaDifference: Hashable, Sendable {
    /// The words by which Avro's and Confluent's tools name the kinds.
    public enum Kind: String, Hashable, Sendable {
        case nameMismatch = "NAME_MISMATCH"
        case fixedSizeMismatch = "FIXED_SIZE_MISMATCH"
        case missingEnumSymbols = "MISSING_ENUM_SYMBOLS"
        case fieldWithoutDefault = "READER_FIELD_MISSING_DEFAULT_VALUE"
        case typeMismatch = "TYPE_MISMATCH"
        case missingUnionBranch = "MISSING_UNION_BRANCH"
        case typeChanged = "TYPE_CHANGED"
        case enumNarrowed = "ENUM_ARRAY_NARROWED"
        case requiredAdded = "REQUIRED_ATTRIBUTE_ADDED"
        case propertyAddedToOpen = "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"
        case propertyRemovedFromClosed = "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"
        case additionalPropertiesRemoved = "ADDITIONAL_PROPERTIES_REMOVED"
        case boundNarrowed = "BOUND_NARROWED"
        case combinationNarrowed = "COMBINED_TYPE_SUBSCHEMAS_CHANGED"
    }

    public let kind: Kind
    /// Where in the reader's schema, as a JSON pointer.
    public let path: String
    /// A sentence without its full stop.
    public let message: String

    public init(_ kind: Kind, at path: String, _ message: String) {
        self.kind = kind
        self.path = path.isEmpty ? "/" : path
        self.message = message
    }
}
