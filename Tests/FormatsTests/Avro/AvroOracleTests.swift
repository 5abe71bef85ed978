import Columnar
import Foundation
import Testing

@testable import Formats

/// Random schemas and values: what fastavro wrote is read, and written again byte for byte.
@Suite(.enabled(if: AvroOracle.isThere, Comment(rawValue: AvroOracle.missing)))
struct AvroOracleTests {
    private static let seeds: [UInt64] = [1, 2, 3]

    private func fields(of schema: AvroSchema) throws -> [Field] {
        try AvroColumns.fields(of: schema, schema.root, keepsCase: true)
    }

    private func decoder(_ schema: AvroSchema, reader: AvroSchema? = nil) throws -> AvroDecoder {
        AvroDecoder(
            fields: try fields(of: reader ?? schema).map { DecodedField($0.name, $0.type) },
            writer: .schema(schema), reader: reader)
    }

    @Test(arguments: seeds) func whatFastavroWritesIsReadIntoColumnsAndWrittenAgain(seed: UInt64) throws {
        for test in try AvroOracle.cases("columns", seed: seed, count: 150) {
            let schema = Schema(try fields(of: test.schema))
            let (data, frames) = packed(test.values.map(\.bytes))
            let records = try decoder(test.schema).decode(data, frames: frames)
            #expect(records.errors == [], "seed \(seed): \(test.schema.text)")
            let batch = Batch(schema: schema, columns: records.columns, count: records.count)
            let json = JSONEncoder(schema: schema).encode(batch)
            let encoder = try AvroEncoder(schema: schema, as: test.schema)
            let written = encoder.encode(batch)
            for (row, value) in test.values.enumerated() {
                let shown = try JSONValue(parsing: json.bytes(row) ?? [])
                #expect(AvroOracle.isSame(shown, value.json), "seed \(seed): \(shown) for \(value.json)")
                #expect(written.bytes(row) == value.bytes, "seed \(seed): \(test.schema.text) \(value.json)")
            }
            #expect(encoder.refusals == [])
        }
    }

    @Test(arguments: seeds) func anySchemaIsReadAsLines(seed: UInt64) throws {
        for test in try AvroOracle.cases("any", seed: seed, count: 150) {
            let lines = AvroLineWriter(schema: test.schema)
            let data = test.values.flatMap(\.bytes)
            lines.begin(buffer(data), length: data.count, count: test.values.count)
            let out = ByteWriter()
            try lines.append(to: out, byteLimit: .max)
            let shown = out.text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(shown.count == test.values.count + 1)
            for (line, value) in zip(shown, test.values) {
                let line = try JSONValue(parsing: String(line))
                #expect(AvroOracle.isSame(line, value.json), "seed \(seed): \(line) for \(value.json)")
            }
        }
    }

    @Test(arguments: seeds) func aReaderGetsWhatResolutionSays(seed: UInt64) throws {
        for test in try AvroOracle.cases("readers", seed: seed, count: 150) {
            let reader = try #require(test.reader)
            let schema = Schema(try fields(of: reader))
            let (data, frames) = packed(test.values.map(\.bytes))
            let records = try decoder(test.schema, reader: reader).decode(data, frames: frames)
            #expect(records.errors == [], "seed \(seed): \(test.schema.text) as \(reader.text)")
            let batch = Batch(schema: schema, columns: records.columns, count: records.count)
            let json = JSONEncoder(schema: schema).encode(batch)
            for (row, value) in test.values.enumerated() {
                let shown = try JSONValue(parsing: json.bytes(row) ?? [])
                #expect(
                    AvroOracle.isSame(shown, value.json),
                    "seed \(seed): \(test.schema.text) as \(reader.text): \(shown) for \(value.json)")
            }
            #expect(AvroCompatibility.differences(reader: reader, writer: test.schema) == [])
        }
    }

    /// Cut anywhere and with any bit turned, bytes give values or errors: they never trap, and they never
    /// take memory that they don't account for.
    @Test(arguments: seeds) func damagedBytesAreErrors(seed: UInt64) throws {
        var random = SystemRandomNumberGenerator()
        for test in try AvroOracle.cases("columns", seed: seed &+ 100, count: 30) {
            let whole = test.values.map(\.bytes).max { $0.count < $1.count } ?? []
            var damaged = (0..<whole.count).map { Array(whole[..<$0]) }
            for _ in 0..<200 where !whole.isEmpty {
                var bytes = whole
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8)
                bytes.append(contentsOf: [UInt8](repeating: 0xFF, count: Int.random(in: 0..<3)))
                damaged.append(bytes)
            }
            let (data, frames) = packed(damaged)
            let records = try decoder(test.schema).decode(data, frames: frames)
            #expect(records.count == damaged.count)
            #expect(records.errors.count >= whole.count, "a value that is cut is no value")
            let lines = AvroLineWriter(schema: test.schema)
            for bytes in damaged {
                lines.begin(buffer(bytes), length: bytes.count, count: 1)
                do throws(DecodeError) {
                    try lines.append(to: ByteWriter(), byteLimit: .max)
                } catch {
                    #expect(error.code == .malformedAvro)
                }
            }
        }
    }

    private func packed(_ values: [[UInt8]]) -> (Buffer, RecordFrames) {
        var data: [UInt8] = []
        var ranges: [Range<Int>?] = []
        for value in values {
            ranges.append(data.count..<data.count + value.count)
            data += value
        }
        return (buffer(data), RecordFrames(ranges))
    }
}
