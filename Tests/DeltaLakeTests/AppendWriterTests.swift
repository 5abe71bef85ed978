import Columnar
import DeltaLake
import Foundation
import Storage
import Testing

@Suite(.enabled(if: PythonOracle.isAvailable, "run scripts/setup first"))
struct AppendWriterTests {
    static let everyType = Schema([
        Field("flag", .boolean), Field("small", .integer), Field("big", .bigint), Field("real", .double),
        Field("money", .decimal(precision: 18, scale: 2)), Field("huge", .decimal(precision: 38, scale: 6)),
        Field("words", .string), Field("raw", .bytes), Field("day", .date), Field("moment", .timestamp),
        Field("clock", .time), Field("tags", .array(.string)),
        Field("counts", .map(key: .string, value: .bigint)),
        Field(
            "nested",
            .structure([Field("a", .integer), Field("b", .array(.structure([Field("c", .string)])))])),
    ])

    static func row(_ number: Int) -> [Value] {
        if number % 7 == 6 { return everyType.fields.map { _ in .null } }
        let n = Int64(number)
        return [
            .boolean(number % 2 == 0), .integer(Int32(number)), .bigint(n * 1_000_000_007),
            .double(Double(n) / 7),
            .decimal(Int128(n * 99), scale: 2), .decimal(Int128(n) * -1_234_567_890_123_456_789, scale: 6),
            .string("row \(number) żółw 🐢 \"quoted\" \\ and over twelve bytes"),
            .bytes([0, UInt8(number & 255), 255]),
            .date(Int32(20_000 + number)), .timestamp(1_795_000_000_123 + n * 60_000),
            .time(Int32(number * 1001)),
            number % 3 == 0 ? .array([]) : .array([.string("x\(number)"), .null, .string("")]),
            .map([(key: .string("k"), value: .bigint(n)), (key: .string("l"), value: .null)]),
            .structure([.integer(Int32(number)), .array([.structure([.string("deep \(number)")])])]),
        ]
    }

    /// ClickHouse knows no NULL of a nested type.
    static func withoutNestedNulls(_ value: Value, _ type: DataType) -> Value {
        switch (value, type) {
        case (.null, .array): return .array([])
        case (.null, .map): return .map([])
        case (_, .structure(let fields)):
            let members: [Value] =
                if case .structure(let given) = value { given } else { fields.map { _ in .null } }
            return .structure(zip(members, fields).map { withoutNestedNulls($0, $1.type) })
        default: return value
        }
    }

    static func expected(_ rows: [[Value]], _ schema: Schema) -> [String] {
        let order = schema.names.enumerated().sorted { $0.element < $1.element }.map(\.offset)
        return rows.map { row in CanonicalRows.text(order.map { row[$0] }) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    @Test func everyVersionIsReadAlikeByDeltaRsAndClickHouseAndMillrace() throws {
        let lake = Lake()
        defer { lake.remove() }
        let world = TestWorld()
        let table = try DeltaTable.openOrCreate(
            lake.store, TableDefinition(schema: Self.everyType), environment: world.environment)
        let writer = try AppendWriter(
            table, schema: Self.everyType, identity: SinkIdentity(instance: "i1", sink: "s"),
            options: WriteOptions(rowGroupRows: 5))
        var rows: [[Value]] = []
        var byVersion: [Int64: [String]] = [0: []]
        for epoch in 1...14 {
            let new = (0..<epoch).map { Self.row(epoch * 100 + $0) }
            rows += new
            let files = try writer.encode([Lake.batch(Self.everyType, new)], epoch: Int64(epoch))
            let notes = ["late": Int64(epoch)]
            let outcome = try #require(try writer.commit(epoch: Int64(epoch), files: files, notes: notes))
            #expect(!outcome.isRepeated && outcome.checkpointFailure == nil)
            byVersion[outcome.version] = Self.expected(rows, Self.everyType)
            let again = try #require(try writer.commit(epoch: Int64(epoch), files: files))
            #expect(again.isRepeated && again.version == outcome.version)
            if epoch == 1 || epoch == 14 {
                let flattened = rows.map {
                    zip($0, Self.everyType.fields).map { Self.withoutNestedNulls($0, $1.type) }
                }
                let seen = Self.expected(flattened, Self.everyType)
                #expect(difference(try PythonOracle.shared.rows(engine: "chdb", lake.path), seen) == nil)
            }
        }
        for (version, expected) in byVersion {
            #expect(
                difference(
                    try PythonOracle.shared.rows(engine: "delta-rs", lake.path, version: version), expected)
                    == nil)
            #expect(CanonicalRows.texts(try table.readAll(table.snapshot(at: version))) == expected)
        }
        let reopened = try DeltaTable.open(lake.store)
        #expect(CanonicalRows.texts(try reopened.readAll(reopened.snapshot)) == byVersion[14])
        #expect(reopened.lastCommitted("i1/s") == 14)
        #expect(reopened.rowCount(reopened.snapshot) == rows.count)
        #expect(try reopened.history().first?.operation == "STREAMING UPDATE")
        #expect(try reopened.history().first?.notes == ["late": 14])
        // Version 10 was a checkpoint: a reader that starts from it sees the same.
        #expect(
            FileManager.default.fileExists(
                atPath: lake.path + "/_delta_log/00000000000000000010.checkpoint.parquet"))
    }

    @Test func partitionsWithSpecialCharactersAndNullsComeBack() throws {
        let lake = Lake("a table with blanks")
        defer { lake.remove() }
        let schema = Schema([
            Field("id", .bigint), Field("word", .string), Field("day", .date), Field("moment", .timestamp),
            Field("flag", .boolean), Field("money", .decimal(precision: 10, scale: 2)),
        ])
        let words = [
            "plain", "a b", "a/b", "a=b", "100%", "żółw", "🐢", "a:b?c#d&e", ".hidden", "'quote\"",
            "back\\slash",
            "%20", "line\nend", String(repeating: "long ", count: 60), "__HIVE_DEFAULT_PARTITION__x",
        ]
        let table = try DeltaTable.openOrCreate(
            lake.store,
            TableDefinition(schema: schema, partitionColumns: ["word", "day", "moment", "flag", "money"]))
        let writer = try AppendWriter(table, schema: schema, identity: SinkIdentity(instance: "i", sink: "s"))
        var rows: [[Value]] = []
        for (index, word) in words.enumerated() {
            rows.append([
                .bigint(Int64(index)), .string(word), .date(20_000), .timestamp(1_795_000_000_500),
                .boolean(index % 2 == 0), .decimal(1250, scale: 2),
            ])
        }
        rows.append([.bigint(99), .null, .null, .null, .null, .null])
        let files = try writer.encode([Lake.batch(schema, rows)], epoch: 1)
        _ = try writer.commit(epoch: 1, files: files)
        let expected = Self.expected(rows, schema)
        #expect(CanonicalRows.texts(try table.readAll(table.snapshot)) == expected)
        #expect(difference(try PythonOracle.shared.rows(engine: "delta-rs", lake.path), expected) == nil)
        #expect(difference(try PythonOracle.shared.rows(engine: "chdb", lake.path), expected) == nil)
        let live = table.liveFiles(table.snapshot)
        #expect(live.count == rows.count)
        #expect(live.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
    }

    @Test func anotherInstanceAndALostEpochAreRefusedWithTheWaysOut() throws {
        let lake = Lake()
        defer { lake.remove() }
        let schema = Schema([Field("id", .bigint)])
        let table = try DeltaTable.openOrCreate(lake.store, TableDefinition(schema: schema))
        let first = try AppendWriter(
            table, schema: schema, identity: SinkIdentity(instance: "one", sink: "s"))
        try first.verify(expectedEpoch: nil, openEpoch: 1)
        _ = try first.commit(
            epoch: 1, files: try first.encode([Lake.batch(schema, [[.bigint(1)]])], epoch: 1))
        try first.verify(expectedEpoch: nil, openEpoch: 1)
        try first.verify(expectedEpoch: 1, openEpoch: 2)
        #expect(throws: DeltaError.self) { try first.verify(expectedEpoch: 2, openEpoch: 3) }
        #expect(throws: DeltaError.self) { try first.verify(expectedEpoch: nil, openEpoch: 0) }
        let second = try AppendWriter(
            table, schema: schema, identity: SinkIdentity(instance: "two", sink: "s"))
        #expect {
            try second.verify(expectedEpoch: nil, openEpoch: 1)
        } throws: { error in
            (error as? DeltaError)?.diagnostic.hint?.contains("--state") == true
        }
        let other = try AppendWriter(
            table, schema: schema, identity: SinkIdentity(instance: "two", sink: "t"))
        try other.verify(expectedEpoch: nil, openEpoch: 1)
    }
}
