import Formats
import Testing

/// What keeps a reader's schema from reading a writer's data.
@Suite struct CompatibilityTests {
    private static func record(_ fields: String, name: String = "R") -> String {
        #"{"type": "record", "name": "\#(name)", "fields": [\#(fields)]}"#
    }

    private static let enumeration = #"{"type": "enum", "name": "E", "symbols": ["A", "B"]}"#

    /// Reader, writer, and the differences.
    static let avro: [(String, String, [String])] = [
        (#""long""#, #""int""#, []),
        (#""int""#, #""long""#, ["TYPE_MISMATCH /"]),
        (#""double""#, #""float""#, []),
        (#""bytes""#, #""string""#, []),
        (#"["null", "int"]"#, #""int""#, []),
        (#""int""#, #"["null", "int"]"#, ["TYPE_MISMATCH /"]),
        (#"["null", "int"]"#, #""string""#, ["MISSING_UNION_BRANCH /"]),
        (#"["null", "long", "string"]"#, #"["null", "int"]"#, []),
        (enumeration, #"{"type": "enum", "name": "E", "symbols": ["A"]}"#, []),
        (#"{"type": "enum", "name": "E", "symbols": ["A"]}"#, enumeration, ["MISSING_ENUM_SYMBOLS /symbols"]),
        (#"{"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}"#, enumeration, []),
        (
            #"{"type": "fixed", "name": "F", "size": 4}"#, #"{"type": "fixed", "name": "F", "size": 5}"#,
            ["FIXED_SIZE_MISMATCH /size"]
        ),
        (
            #"{"type": "fixed", "name": "F", "size": 4}"#, #"{"type": "fixed", "name": "G", "size": 4}"#,
            ["NAME_MISMATCH /name"]
        ),
        (
            #"{"type": "fixed", "name": "F", "aliases": ["G"], "size": 4}"#,
            #"{"type": "fixed", "name": "G", "size": 4}"#, []
        ),
        (
            record(#"{"name": "a", "type": "int"}"#), record(""),
            ["READER_FIELD_MISSING_DEFAULT_VALUE /fields/0"]
        ),
        (record(#"{"name": "a", "type": "int", "default": 1}"#), record(""), []),
        (
            record(#"{"name": "b", "aliases": ["a"], "type": "int"}"#),
            record(#"{"name": "a", "type": "int"}"#),
            []
        ),
        (
            record(#"{"name": "a", "type": "string"}"#), record(#"{"name": "a", "type": "int"}"#),
            ["TYPE_MISMATCH /fields/0/type"]
        ),
        (record("", name: "x.R"), record("", name: "y.R"), []),
        (record("", name: "R"), record("", name: "S"), ["NAME_MISMATCH /name"]),
        (
            #"{"type": "array", "items": "int"}"#, #"{"type": "array", "items": "string"}"#,
            ["TYPE_MISMATCH /items"]
        ),
        (#"{"type": "map", "values": "long"}"#, #"{"type": "map", "values": "int"}"#, []),
        (#"{"type": "array", "items": "int"}"#, #"{"type": "map", "values": "int"}"#, ["TYPE_MISMATCH /"]),
        (
            record(#"{"name": "next", "type": ["null", "R"]}, {"name": "v", "type": "long"}"#),
            record(#"{"name": "next", "type": ["null", "R"]}, {"name": "v", "type": "int"}"#), []
        ),
    ]

    @Test(arguments: avro) func avroSchemas(reader: String, writer: String, differences: [String]) throws {
        let found = AvroCompatibility.differences(
            reader: try AvroSchema(parsing: reader), writer: try AvroSchema(parsing: writer))
        #expect(found.map { "\($0.kind.rawValue) \($0.path)" } == differences)
    }

    private static func object(_ properties: String, _ rest: String = "") -> String {
        #"{"type": "object", "properties": {\#(properties)}\#(rest)}"#
    }

    private static let closed = #", "additionalProperties": false"#
    private static let a = #""a": {"type": "integer"}"#
    private static let b = #", "b": {"type": "string"}"#

    private static let recursive = ##"""
        {"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}}}}
        """##

    static let json: [(String, String, [String])] = [
        (#"{"type": "number"}"#, #"{"type": "integer"}"#, []),
        (#"{"type": "integer"}"#, #"{"type": "number"}"#, ["TYPE_CHANGED /type"]),
        (#"{"type": ["string", "null"]}"#, #"{"type": "string"}"#, []),
        ("{}", #"{"type": "string"}"#, []),
        ("true", "{}", []),
        (#"{"type": "string"}"#, "true", ["TYPE_CHANGED /type"]),
        (#"{"enum": ["a", "b"]}"#, #"{"enum": ["a"]}"#, []),
        (#"{"enum": ["a"]}"#, #"{"enum": ["a", "b"]}"#, ["ENUM_ARRAY_NARROWED /enum"]),
        (#"{"type": "string", "maxLength": 5}"#, #"{"type": "string", "maxLength": 4}"#, []),
        (
            #"{"type": "string", "maxLength": 4}"#, #"{"type": "string", "maxLength": 5}"#,
            ["BOUND_NARROWED /maxLength"]
        ),
        (#"{"type": "integer", "minimum": 1}"#, #"{"type": "integer"}"#, ["BOUND_NARROWED /minimum"]),
        (object(a + b), object(a), ["PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL /properties/b"]),
        (object(a + b), object(a, closed), []),
        (object(a), object(a + b), []),
        (
            object(a, closed), object(a + b, closed),
            ["PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL /properties/b"]
        ),
        (object(a, #", "required": ["a"]"#), object(a), ["REQUIRED_ATTRIBUTE_ADDED /required"]),
        (object(a), object(a, #", "required": ["a"]"#), []),
        (object(a, closed), object(a), ["ADDITIONAL_PROPERTIES_REMOVED /additionalProperties"]),
        (object(#""a": {"type": "string"}"#), object(a), ["TYPE_CHANGED /properties/a/type"]),
        (#"{"oneOf": [{"type": "null"}, {"type": "integer"}]}"#, #"{"type": "integer"}"#, []),
        (
            #"{"type": "integer"}"#, #"{"oneOf": [{"type": "null"}, {"type": "integer"}]}"#,
            ["TYPE_CHANGED /type"]
        ),
        (
            #"{"oneOf": [{"type": "null"}, {"type": "integer"}]}"#, #"{"type": "string"}"#,
            ["COMBINED_TYPE_SUBSCHEMAS_CHANGED /"]
        ),
        (
            #"{"type": "array", "items": {"type": "string"}}"#,
            #"{"type": "array", "items": {"type": "integer"}}"#,
            ["TYPE_CHANGED /items/type"]
        ),
        (recursive, recursive, []),
    ]

    @Test(arguments: json) func jsonSchemas(reader: String, writer: String, differences: [String]) throws {
        let found = JSONSchemaCompatibility.differences(
            reader: try JSONSchema(parsing: reader), writer: try JSONSchema(parsing: writer))
        #expect(found.map { "\($0.kind.rawValue) \($0.path)" } == differences)
    }
}
