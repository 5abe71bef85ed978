/// One type within a schema; other types are named by their place in `AvroSchema.nodes`.
public struct AvroNode: Hashable, Sendable {
    /// A field of a record.
    public struct Field: Hashable, Sendable {
        public let name: String
        public let aliases: [String]
        /// The place of its type.
        public let type: Int
        /// As JSON, checked against the type; nil when there is none.
        public let standard: JSONValue?
        /// Attributes that Avro does not know.
        public let properties: [JSONValue.Member]
    }

    /// The type itself; types within it are named by their places.
    public enum Kind: Hashable, Sendable {
        case null, boolean, int, long, float, double, bytes, string
        case record([Field])
        /// `standard` stands for symbols that a reader does not know.
        case enumeration([String], standard: String?)
        case fixed(size: Int)
        case array(Int)
        case map(Int)
        case union([Int])
    }

    public internal(set) var kind: Kind
    /// Of records, enums and fixed types.
    public let name: AvroName?
    /// Full names.
    public let aliases: [String]
    public let logical: AvroLogicalType?
    /// Attributes that Avro does not know, such as `connect.name`.
    public let properties: [JSONValue.Member]

    init(
        _ kind: Kind, name: AvroName? = nil, aliases: [String] = [], logical: AvroLogicalType? = nil,
        properties: [JSONValue.Member] = []
    ) {
        self.kind = kind
        self.name = name
        self.aliases = aliases
        self.logical = logical
        self.properties = properties
    }

    /// The word by which schemas name the type.
    public var word: String {
        switch kind {
        case .null: return "null"
        case .boolean: return "boolean"
        case .int: return "int"
        case .long: return "long"
        case .float: return "float"
        case .double: return "double"
        case .bytes: return "bytes"
        case .string: return "string"
        case .record: return "record"
        case .enumeration: return "enum"
        case .fixed: return "fixed"
        case .array: return "array"
        case .map: return "map"
        case .union: return "union"
        }
    }

    /// What tells branches of a union apart: the full name, or the word.
    public var branch: String { name?.full ?? word }

    func property(_ name: String) -> JSONValue? { properties.last { $0.name == name }?.value }
}
