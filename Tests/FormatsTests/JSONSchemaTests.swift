import Columnar
import Diagnostics
import Testing

@testable import Formats

@Suite struct JSONSchemaTests {
    private func type(_ text: String, keepsCase: Bool = true) throws -> DataType {
        try JSONSchemaColumns.type(of: JSONSchema(parsing: text), keepsCase: keepsCase)
    }

    private static let nested = ##"""
        {"$ref": "#/$defs/a", "$defs": {
        "a": {"type": "object", "properties": {"x": {"$ref": "#/$defs/b"}}}, "b": {"type": "boolean"}}}
        """##
    private static let entries = #"""
        {"type": "array", "connect.type": "map", "items": {"type": "object",
        "properties": {"key": {"type": "string"}, "value": {"type": "integer"}}}}
        """#

    @Test(arguments: [
        (#"{"type": "boolean"}"#, DataType.boolean),
        (#"{"type": "integer"}"#, .bigint),
        (#"{"type": "integer", "connect.type": "int32"}"#, .integer),
        (#"{"type": "number"}"#, .double),
        (#"{"type": "string"}"#, .string),
        (#"{"type": "string", "connect.type": "bytes"}"#, .bytes),
        (#"{"enum": ["a", "b"]}"#, .string),
        (#"{"type": ["null", "integer"]}"#, .bigint),
        (#"{"oneOf": [{"type": "null"}, {"type": "string"}]}"#, .string),
        (#"{"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]}"#, .array(.bigint)),
        (
            #"{"type": "object", "additionalProperties": {"type": "number"}}"#,
            .map(key: .string, value: .double)
        ),
        (
            #"{"type": "object", "properties": {"b": {"type": "string"}, "a": {"type": "number"}}}"#,
            .structure([Field("b", .string), Field("a", .double)])
        ),
        (
            nested,
            .structure([Field("x", .boolean)])
        ),
        (
            entries,
            .map(key: .string, value: .bigint)
        ),
    ])
    func typesAreThoseOfKsqlDB(text: String, expected: DataType) throws {
        #expect(try type(text) == expected)
    }

    @Test func aReferenceThatLeadsNowhereIsNoSchema() {
        for text in [##"{"$ref": "#/nowhere"}"##, #"{"items": {"$ref": "other.json"}}"#] {
            let error = #expect(throws: Diagnostic.self) { try JSONSchema(parsing: text) }
            #expect(error?.message.hasSuffix("leads nowhere") == true)
        }
    }

    @Test func schemasOfColumnsGiveTheColumnsBack() throws {
        let fields = [
            Field("Z", .bigint), Field("A", .integer), Field("D", .decimal(precision: 5, scale: 2)),
            Field("T", .timestamp), Field("DAY", .date), Field("HOUR", .time), Field("RAW", .bytes),
            Field("M", .map(key: .string, value: .array(.double))),
            Field("S", .structure([Field("X", .boolean)])),
        ]
        let text = JSONSchemaWriter.object(fields).text
        #expect(try type(text, keepsCase: false) == .structure(fields))
        #expect(
            text.hasPrefix(
                #"{"type":"object","properties":{"Z":{"connect.index":0,"oneOf":[{"type":"null"},"#
                    + #"{"type":"integer","connect.type":"int64"}]},"#))
    }

    @Test(arguments: [
        (#"{"oneOf": [{"type": "string"}, {"type": "integer"}]}"#, "oneOf of 2 schemas has no SQL type"),
        ("{}", "a schema without a type has no SQL type"),
        (#"{"type": "object"}"#, "an object without properties or a type of its values has no SQL type"),
        (##"{"type": "object", "properties": {"n": {"$ref": "#"}}}"##, "it nests deeper than 64 levels"),
    ])
    func whatHasNoSQLTypeSaysWhy(text: String, reason: String) throws {
        let error = #expect(throws: UnsupportedType.self) { try type(text) }
        #expect(error?.reason == reason)
    }

    @Test(arguments: [
        (#"{"type": "strin"}"#, "\"strin\" is no type of JSON Schema", "\"strin\""),
        (#"{"properties": {"a": 5}}"#, "5 is no JSON Schema", "5"),
        (#"{"oneOf": []}"#, "oneOf is no list of schemas", "[]"),
    ])
    func aSchemaThatIsNoneSaysWhere(text: String, message: String, place: String) throws {
        let error = #expect(throws: Diagnostic.self) { try JSONSchema(parsing: text) }
        #expect(error?.message == message)
        let location = try #require(error?.location)
        let bytes = Array(text.utf8)[location.offset..<location.offset + location.length]
        #expect(String(decoding: bytes, as: UTF8.self) == place)
    }
}
