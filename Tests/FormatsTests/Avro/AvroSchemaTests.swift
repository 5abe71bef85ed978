import Diagnostics
import Columnar
import Testing

@testable import Formats

@Suite struct AvroSchemaTests {
    @Test(.enabled(if: TestData.root != nil, Comment(rawValue: TestData.missing)))
    func canonicalFormsAndFingerprintsAreThoseOfTheSpecification() throws {
        let cases = try JSONValue(parsing: TestData.bytes("avro/canonical-form.json"))
        let list = try #require(cases.array ?? cases["cases"]?.array)
        #expect(list.count > 15)
        for test in list {
            let schema = try AvroSchema(parsing: test["input"]?.string ?? "")
            #expect(schema.canonicalForm == test["canonical"]?.string)
            if let fingerprint = test["fingerprint"]?.string {
                #expect(String(Int64(bitPattern: schema.fingerprint)) == fingerprint)
            }
            let again = try AvroSchema(parsing: schema.canonicalForm)
            #expect(again.canonicalForm == schema.canonicalForm)
        }
    }

    @Test(.enabled(if: TestData.root != nil, Comment(rawValue: TestData.missing)))
    func schemasAreTakenAndRefusedAsOtherReadersDo() throws {
        for name in try TestData.names("avro/schema-validity/pass") {
            let text = String(
                decoding: try TestData.bytes("avro/schema-validity/pass/\(name)"), as: UTF8.self)
            #expect(throws: Never.self, "\(name)") { try AvroSchema(parsing: text) }
        }
        for name in try TestData.names("avro/schema-validity/fail") {
            let text = String(
                decoding: try TestData.bytes("avro/schema-validity/fail/\(name)"), as: UTF8.self)
            #expect(throws: Diagnostic.self, "\(name)") { try AvroSchema(parsing: text) }
        }
        for name in ["fooBar", "interop", "weather"] {
            let text = String(
                decoding: try TestData.bytes("avro/share/test/schemas/\(name).avsc"), as: UTF8.self)
            #expect(throws: Never.self, "\(name)") { try AvroSchema(parsing: text) }
        }
    }

    @Test(arguments: [
        (#"{"type": "panther"}"#, "there is no type 'panther'", "\"panther\""),
        (
            #"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "strin"}]}"#,
            "there is no type 'strin'", "\"strin\""
        ),
        (
            #"{"type": "enum", "name": "E", "symbols": ["A", "B", "A"]}"#,
            "the enum E has the symbol A twice", "\"A\""
        ),
        (
            #"{"type": "fixed", "name": "F"}"#, "the fixed F has no \"size\"",
            #"{"type": "fixed", "name": "F"}"#
        ),
        (
            #"{"type": "record", "name": "R", "fields": [{"name": "n", "type": "int", "default": "x"}]}"#,
            "the default \"x\" of the field 'n' is no int", "\"x\""
        ),
        (#"["int", ["null"]]"#, "a union holds a union", #"["null"]"#),
        (#"["int", "int"]"#, "a union holds int twice", "\"int\""),
        (#"{"type": "record", "name": "2d", "fields": []}"#, "'2d' is no name", "\"2d\""),
        (#"{"type": "array"}"#, "an array has no \"items\"", #"{"type": "array"}"#),
        (#"{"type": "record""#, "the schema is no JSON: expected a comma or }, found the end", ""),
    ])
    func anErrorSaysWhatIsWrongAndWhere(text: String, message: String, place: String) throws {
        let error = #expect(throws: Diagnostic.self) { try AvroSchema(parsing: text) }
        #expect(error?.message == message)
        let location = try #require(error?.location)
        if !place.isEmpty {
            let bytes = Array(text.utf8)[location.offset..<location.offset + location.length]
            #expect(String(decoding: bytes, as: UTF8.self) == place)
        }
    }

    @Test func schemasThatKsqlDBWouldRegisterAreMadeOfColumns() throws {
        let fields = [
            Field("ID", .bigint), Field("PRICE", .decimal(precision: 4, scale: 2)),
            Field("AT", .timestamp), Field("TAGS", .array(.string)),
            Field("SHIP", .structure([Field("CITY", .string)])),
            Field("M", .map(key: .string, value: .integer)),
        ]
        let json = AvroSchemaWriter().record(fields)
        #expect(
            json.text == """
                {"type":"record","name":"KsqlDataSourceSchema","namespace":"io.confluent.ksql.avro_schemas",\
                "fields":[{"name":"ID","type":["null","long"],"default":null},\
                {"name":"PRICE","type":["null",{"type":"bytes","scale":2,"precision":4,"connect.version":1,\
                "connect.parameters":{"scale":"2","connect.decimal.precision":"4"},\
                "connect.name":"org.apache.kafka.connect.data.Decimal","logicalType":"decimal"}],"default":null},\
                {"name":"AT","type":["null",{"type":"long","connect.version":1,\
                "connect.name":"org.apache.kafka.connect.data.Timestamp","logicalType":"timestamp-millis"}],\
                "default":null},\
                {"name":"TAGS","type":["null",{"type":"array","items":["null","string"]}],"default":null},\
                {"name":"SHIP","type":["null",{"type":"record","name":"KsqlDataSourceSchema_SHIP",\
                "fields":[{"name":"CITY","type":["null","string"],"default":null}],\
                "connect.name":"io.confluent.ksql.avro_schemas.KsqlDataSourceSchema_SHIP"}],"default":null},\
                {"name":"M","type":["null",{"type":"array","items":{"type":"record",\
                "name":"KsqlDataSourceSchema_M","fields":[{"name":"key","type":["null","string"],"default":null},\
                {"name":"value","type":["null","int"],"default":null}],"connect.internal.type":"MapEntry"},\
                "connect.name":"io.confluent.ksql.avro_schemas.KsqlDataSourceSchema_M"}],"default":null}],\
                "connect.name":"io.confluent.ksql.avro_schemas.KsqlDataSourceSchema"}
                """)
        let schema = try AvroSchema(json)
        #expect(try AvroColumns.fields(of: schema, schema.root, keepsCase: false) == fields)
    }

    @Test func whatHasNoSQLTypeSaysWhy() throws {
        for (text, reason) in [
            (
                #"{"type": "record", "name": "L", "fields": [{"name": "next", "type": ["null", "L"]}]}"#,
                "L contains itself"
            ),
            (
                #"{"type": "record", "name": "L", "fields": [{"name": "a", "type": ["int", "string"]}]}"#,
                "a union of int, string has no SQL type"
            ),
        ] {
            let schema = try AvroSchema(parsing: text)
            let error = #expect(throws: UnsupportedType.self) {
                try AvroColumns.type(of: schema, schema.root, keepsCase: true)
            }
            #expect(error?.reason == reason)
            #expect(error?.path.count == 1)
        }
    }
}
