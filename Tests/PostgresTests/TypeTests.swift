import Columnar
import Foundation
import TestKit
import Testing

@testable import Postgres

/// What is written is what psql reads.
@Suite("Types of PostgreSQL", .enabled(if: PostgresServer.isHere, "\(PostgresServer.isMissing)"))
struct TypeTests {
    private func write(_ batch: Batch, _ target: TableTarget, at url: String) throws {
        let writer = TableWriter(
            ConnectionPool.shared(try PostgresAddress(url)), target,
            WriterIdentity(instance: "i", sink: "s"))
        _ = try writer.open(expectedEpoch: nil, openEpoch: 1)
        try writer.commit(PreparedRows(rows: [batch], deletes: []), epoch: 1) { refused in
            #expect(refused.isEmpty, "\(refused.first?.message.text ?? "")")
        }
    }

    private func target(_ schema: Schema, creates: Bool, key: [String] = []) -> TableTarget {
        TableTarget(
            name: TableName(schema: nil, name: "t"), schema: schema, key: key,
            mode: key.isEmpty ? .append : .upsert, deletes: false, creates: creates, evolves: false,
            pieceRows: 7)
    }

    /// An expression whose text is plain, and the text that a value has in it.
    private func probe(_ type: DataType, _ column: String) -> String {
        switch type {
        case .boolean: return "\(column)::int"
        case .integer, .bigint, .decimal: return "\(column)::text"
        case .double: return "\(column)::text"
        case .string: return "encode(convert_to(\(column), 'UTF8'), 'hex')"
        case .bytes: return "encode(\(column), 'hex')"
        case .date: return "\(column) - date '1970-01-01'"
        case .time: return "(extract(epoch FROM \(column)) * 1000)::bigint"
        case .timestamp: return "(extract(epoch FROM \(column)) * 1000)::bigint"
        case .array(let element) where !element.isNested:
            return
                "(SELECT coalesce(string_agg(coalesce((\(probe(element, "e")))::text, 'NULL'), "
                + "',' ORDER BY n), '')"
                + " FROM unnest(\(column)) WITH ORDINALITY u (e, n) WHERE \(column) IS NOT NULL"
                + " HAVING \(column) IS NOT NULL)"
        case .array, .map, .structure: return "encode(convert_to(\(column)::text, 'UTF8'), 'hex')"
        }
    }

    private func text(_ value: Value, _ type: DataType) throws -> String {
        switch value {
        case .null: return "NULL"
        case .boolean(let flag): return flag ? "1" : "0"
        case .integer(let number), .date(let number), .time(let number): return String(number)
        case .bigint(let number), .timestamp(let number): return String(number)
        case .double(let number):
            return number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : String(number)
        case .decimal(let number, let scale): return Decimals.text(number, scale: scale)
        case .string(let text): return hex(Array(text.utf8))
        case .bytes(let bytes): return hex(bytes)
        case .array(let values):
            guard case .array(let element) = type, !element.isNested else { return try json(value) }
            return try values.map { try text($0, element) }.joined(separator: ",")
        case .map, .structure: return try json(value)
        }
    }

    private func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }

    /// Marks a document, which is compared as such and not as text.
    private func json(_ value: Value) throws -> String {
        let data = try JSONSerialization.data(withJSONObject: tree(value), options: [.sortedKeys])
        return "json" + String(decoding: data, as: UTF8.self)
    }

    private func tree(_ value: Value) -> Any {
        switch value {
        case .boolean(let flag): return flag
        case .integer(let number): return Int(number)
        case .bigint(let number): return Int(number)
        case .string(let text): return text
        case .array(let values): return values.map(tree)
        case .map(let entries):
            var object: [String: Any] = [:]
            for (key, value) in entries { if case .string(let name) = key { object[name] = tree(value) } }
            return object
        case .structure(let values):
            return Dictionary(uniqueKeysWithValues: zip(["A", "b", "c"], values.map(tree)))
        default: return NSNull()
        }
    }

    private func normal(_ answer: String, _ expected: String) throws -> String {
        if expected.hasPrefix("json"), answer != "NULL" {
            let bytes = stride(from: 0, to: answer.count, by: 2).map { index -> UInt8 in
                let start = answer.index(answer.startIndex, offsetBy: index)
                return UInt8(answer[start...].prefix(2), radix: 16) ?? 0
            }
            let object = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
            return "json"
                + String(
                    decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]),
                    as: UTF8.self)
        }
        return answer
    }

    /// Doubles may be written in more than one way.
    private func isEqual(_ answer: String, _ expected: String, _ type: DataType) -> Bool {
        if answer == expected { return true }
        let (left, right) = (answer.split(separator: ","), expected.split(separator: ","))
        let element: DataType
        if case .array(let inner) = type { element = inner } else { element = type }
        guard element == .double, left.count == right.count else { return false }
        return zip(left, right).allSatisfy { $0 == $1 || Double($0) != nil && Double($0) == Double($1) }
    }

    @Test(arguments: 0..<(Place.isFull ? 200 : 10)) func randomRowsOfRandomSchemasComeBack(seed: Int) throws {
        let server = try PostgresServer.shared.get()
        let url = try server.database("types")
        var random = RandomRows(seed: seed)
        let schema = random.schema()
        let batch = random.batch(schema, count: 60)
        try write(batch, target(schema, creates: true), at: url)
        let probes = schema.fields.map { "(" + probe($0.type, SQLName.quoted($0.name)) + ")" }
        let lines = try server.sql("SELECT \(probes.joined(separator: ", ")) FROM t ORDER BY ctid", at: url)
            .split(separator: "\n", omittingEmptySubsequences: false)
        try #require(lines.count == batch.count)
        for (row, line) in lines.enumerated() {
            let answers = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            try #require(answers.count == schema.count)
            for (index, field) in schema.fields.enumerated() {
                let expected = try text(batch.columns[index].value(at: row), field.type)
                let answer = try normal(answers[index], expected)
                #expect(
                    isEqual(answer, expected, field.type),
                    "seed \(seed), \(field.type.sql), row \(row): \(answer)")
            }
        }
    }

    /// Columns that are there already have types of their own.
    @Test func valuesFitColumnsOfOtherTypes() throws {
        let server = try PostgresServer.shared.get()
        let url = try server.database("fit")
        try server.sql(
            """
            CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN price AS numeric(10,1) CHECK (VALUE >= 0);
            CREATE TABLE t ("Id" uuid PRIMARY KEY, small smallint, big numeric, narrow integer, half real, m mood,
                p price, v varchar(5), j json, b jsonb, addr inet, d timestamptz, n text, made timestamptz DEFAULT now(),
                g int GENERATED ALWAYS AS (1) STORED, naive timestamp, exact numeric(6,2))
            """, at: url)
        let schema = Schema([
            Field("id", .string), Field("small", .integer), Field("big", .bigint), Field("narrow", .bigint),
            Field("half", .double), Field("m", .string), Field("p", .decimal(precision: 12, scale: 4)),
            Field("v", .string), Field("j", .array(.integer)), Field("b", .string), Field("addr", .string),
            Field("d", .date), Field("n", .map(key: .string, value: .integer)), Field("naive", .timestamp),
            Field("exact", .double),
        ])
        let row: [Value] = [
            .string("{A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11}"), .integer(-7), .bigint(.max), .bigint(42),
            .double(1.5), .string("bad"), .decimal(12_345, scale: 4), .string("ab"),
            .array([.integer(1), .null]), .string("{\"x\": [1]}"), .string("10.0.0.1"), .date(1),
            .map([(key: .string("k"), value: .integer(3))]), .timestamp(1000), .double(0.1),
        ]
        let columns = zip(schema.fields, row).map { field, value in
            let builder = ColumnBuilder(type: field.type)
            builder.append(value)
            return builder.finish()
        }
        let batch = Batch(schema: schema, columns: columns, count: 1)
        for key in [[], ["id"]] {
            try server.sql("TRUNCATE t; DROP TABLE IF EXISTS millrace_epochs", at: url)
            try write(batch, target(schema, creates: false, key: key), at: url)
            let found = try server.sql(
                "SELECT \"Id\", small, big, narrow, half, m, p, v, j, b, addr, d AT TIME ZONE 'UTC', "
                    + "n, g, naive, "
                    + "exact FROM t", at: url)
            #expect(
                found
                    == "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|-7|9223372036854775807|42|1.5|bad|1.2|"
                    + "ab|[1,null]|"
                    + "{\"x\": [1]}|10.0.0.1|1970-01-02 00:00:00|{\"k\":3}|1|1970-01-01 00:00:01|0.10")
        }
    }
}
