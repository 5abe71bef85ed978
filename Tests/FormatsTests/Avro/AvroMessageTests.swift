import Columnar
import Testing

@testable import Formats

/// Messages that begin with the id of their schema.
@Suite struct AvroMessageTests {
    private final class Schemas: SchemaSource {
        let avro: [Int32: AvroSchema]

        init(_ texts: [Int32: String]) throws {
            var avro: [Int32: AvroSchema] = [:]
            for (id, text) in texts { avro[id] = try AvroSchema(parsing: text) }
            self.avro = avro
        }

        func avroSchema(id: Int32) throws(DecodeError) -> AvroSchema {
            guard let schema = avro[id] else { throw DecodeError(.noSchema, "no schema \(id)") }
            return schema
        }

        func checkJSONSchema(id: Int32) throws(DecodeError) {
            if id != 9 { throw DecodeError(.noSchema, "no schema \(id)") }
        }
    }

    private static let first = #"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#
    private static let second = #"""
        {"type": "record", "name": "R", "fields": [{"name": "B", "type": ["null", "string"]},
        {"name": "A", "type": "long"}, {"name": "other", "type": {"type": "map", "values": "double"}}]}
        """#

    private func decode(
        _ messages: [[UInt8]?], _ fields: [DecodedField], isWrapped: Bool = true
    ) throws -> DecodedRecords {
        let schemas = try Schemas([1: Self.first, 2: Self.second, 3: #""int""#])
        var data: [UInt8] = []
        let ranges = messages.map { message -> Range<Int>? in
            data += message ?? []
            return message.map { data.count - $0.count..<data.count }
        }
        return AvroDecoder(fields: fields, writer: .registry(schemas), isWrapped: isWrapped)
            .decode(buffer(data), frames: RecordFrames(ranges))
    }

    @Test func eachMessageIsReadByItsOwnSchema() throws {
        let records = try decode(
            [
                [0, 0, 0, 0, 1, 4], [0, 0, 0, 0, 2, 2, 2, 0x78, 6, 0], nil,
                [0, 0, 0, 0, 2, 0, 8, 2, 2, 0x6B, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            ], [DecodedField("A", .bigint), DecodedField("B", .string)])
        #expect(records.errors == [])
        #expect(
            records.rows() == [
                [.bigint(2), .null], [.bigint(3), .string("x")], [.null, .null], [.bigint(4), .null],
            ])
    }

    @Test func aMessageThatCannotBeReadSaysWhy() throws {
        let records = try decode(
            [
                [], [0, 0, 0], [1, 0, 0, 0, 1, 4], [0, 0, 0, 0, 7, 4], [0, 0, 0, 0, 1],
                [0, 0, 0, 0, 1, 4, 4], [0, 0, 0, 0, 3, 4],
            ], [DecodedField("A", .integer)])
        #expect(records.count == 7)
        #expect(
            records.errors.map(\.reason.code) == [
                .noSchema, .noSchema, .noSchema, .noSchema, .malformedAvro, .malformedAvro, .wrongType,
            ])
        #expect(records.errors[3].reason.message == "no schema 7")
        #expect(records.errors[4].reason.message == "malformed Avro at byte 0: it ends within a value")
        #expect(records.errors[6].reason.message == "the record is of type int, and no record")
        #expect(records.rows().allSatisfy { $0 == [.null] })
    }

    @Test func aBareValueIsTheOnlyColumn() throws {
        let records = try decode([[0, 0, 0, 0, 3, 4]], [DecodedField("V", .string)], isWrapped: false)
        #expect(records.rows() == [[.string("2")]])
        let wrong = try decode([[0, 0, 0, 0, 3, 4]], [DecodedField("V", .boolean)], isWrapped: false)
        #expect(wrong.errors.map(\.reason.message) == ["column V: a value of type int is no BOOLEAN"])
    }

    @Test func jsonBehindASchemaIDIsJSON() throws {
        let schemas = try Schemas([:])
        let decoder = SchemaJSONDecoder(
            values: JSONDecoder(fields: [DecodedField("A", .integer)]), source: schemas)
        let json = Array(#"{"a": 5}"#.utf8)
        let messages = [
            [0, 0, 0, 0, 9] + json, json, [0, 0, 0, 0, 8] + json, [0, 0, 0, 0, 9] + json.dropLast(),
        ]
        let data = messages.flatMap { $0 }
        var end = 0
        let ranges = messages.map { message -> Range<Int>? in
            end += message.count
            return end - message.count..<end
        }
        let records = decoder.decode(buffer(data), frames: RecordFrames(ranges))
        #expect(records.column(0) == [.integer(5), .null, .null, .null])
        #expect(records.codes == [1: .noSchema, 2: .noSchema, 3: .malformedJSON])
        let encoder = SchemaJSONEncoder(schema: Schema([Field("a", .integer)]), id: 9)
        let batch = Batch(
            schema: encoder.schema, columns: [Column.constant(.integer(5), type: .integer, count: 1)],
            count: 1)
        #expect(encoder.encode(batch).bytes(0) == [0, 0, 0, 0, 9] + Array(#"{"a":5}"#.utf8))
    }

    /// A few bytes may ask for any number of values that take none.
    @Test func valuesWithoutBytesAreCounted() throws {
        let schema = try AvroSchema(
            parsing:
                #"""
                {"type": "record", "name": "R", "fields": [
                {"name": "a", "type": {"type": "array", "items": "null"}}]}
                """#
        )
        let decoder = AvroDecoder(fields: [DecodedField("A", .array(.integer))], writer: .schema(schema))
        let many: [UInt8] = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0]
        let records = decoder.decode(buffer(many), frames: RecordFrames([0..<many.count]))
        #expect(
            records.errors.map(\.reason.message) == [
                "malformed Avro at byte 0: it holds too many empty values"
            ])
        let few: [UInt8] = [6, 0]
        #expect(
            decoder.decode(buffer(few), frames: RecordFrames([0..<2])).rows() == [
                [.array([.null, .null, .null])]
            ])
    }

    @Test func aRowThatTheSchemaHasNoPlaceForIsRefused() throws {
        let schema = Schema([Field("A", .integer)])
        let encoder = try AvroEncoder(schema: schema, as: AvroSchema(parsing: Self.first))
        let column = ColumnBuilder(type: .integer)
        column.append(7 as Int32)
        column.appendNull()
        let records = encoder.encode(Batch(schema: schema, columns: [column.finish()], count: 2))
        #expect(records.bytes(0) == [14])
        #expect(records.bytes(1) == nil)
        #expect(encoder.refusals.map(\.row) == [1])
        #expect(throws: DecodeError.self) {
            try AvroEncoder(schema: Schema([Field("A", .string)]), as: AvroSchema(parsing: Self.first))
        }
        #expect(throws: DecodeError.self) {
            try AvroEncoder(schema: Schema([Field("Z", .integer)]), as: AvroSchema(parsing: Self.first))
        }
    }
}
