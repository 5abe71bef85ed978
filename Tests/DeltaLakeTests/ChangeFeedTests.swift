import Columnar
import Foundation
import Storage
import TestKit
import Testing

@testable import DeltaLake

@Suite(.enabled(if: PythonOracle.isAvailable, "run scripts/setup first"))
struct ChangeFeedTests {
    static let schema = Schema([Field("key", .bigint), Field("day", .string), Field("value", .bigint)])

    /// A model of the table gives the changes that each epoch should tell of.
    @Test(arguments: 0..<3) func theFeedTellsEachChangeOnce(seed: Int) throws {
        let lake = Lake()
        defer { lake.remove() }
        let table = try DeltaTable.openOrCreate(
            lake.store,
            TableDefinition(
                schema: Self.schema, partitionColumns: ["day"],
                properties: ["delta.enableChangeDataFeed": "true"]))
        let writer = try UpsertWriter(
            table, schema: Self.schema, key: ["key"], identity: SinkIdentity(instance: "i", sink: "s"),
            options: UpsertOptions(fileRows: 16, smallFileRows: 4, smallFileLimit: 3))
        var random = SeededGenerator(seed: UInt64(seed))
        var model: [Int64: [Value]] = [:]
        var expected: [String] = []
        func note(_ row: [Value], _ change: String, _ version: Int64) {
            // In the order of the columns' names: _change_type, _commit_version, day, key, value.
            expected.append(CanonicalRows.text([.string(change), .bigint(version), row[1], row[0], row[2]]))
        }
        for epoch in 1...12 {
            var rows: [[Value]] = []
            var deletes: [[Value]] = []
            for key in Set((0..<8).map { _ in Int64.random(in: 0..<40, using: &random) }).sorted() {
                let row: [Value] = [
                    .bigint(key), .string("d\(Int.random(in: 0..<3, using: &random))"),
                    .bigint(Int64(epoch)),
                ]
                if Int.random(in: 0..<4, using: &random) > 0 {
                    rows.append(row)
                } else {
                    deletes.append(row)
                }
            }
            let upserts = rows.isEmpty ? [] : [Lake.batch(Self.schema, rows)]
            let gone = deletes.isEmpty ? [] : [Lake.batch(Self.schema, deletes)]
            let outcome = try writer.commit(epoch: Int64(epoch), upserts: upserts, deletes: gone)
            let version = try #require(outcome).version
            for row in rows {
                guard case .bigint(let key) = row[0] else { continue }
                if let before = model[key] {
                    note(before, "update_preimage", version)
                    note(row, "update_postimage", version)
                } else {
                    note(row, "insert", version)
                }
                model[key] = row
            }
            for row in deletes {
                guard case .bigint(let key) = row[0] else { continue }
                if let before = model.removeValue(forKey: key) { note(before, "delete", version) }
            }
        }
        let found = try PythonOracle.shared.run(
            lake.path,
            """
            t = pa.table(deltalake.DeltaTable(path).load_cdf(starting_version=1).read_all())
            result = t.select([n for n in t.column_names if n != "_commit_timestamp"])
            """)
        expected.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(difference(found, expected) == nil, "seed \(seed)")
        let rows = AppendWriterTests.expected(Array(model.values), Self.schema)
        #expect(difference(try PythonOracle.shared.rows(engine: "delta-rs", lake.path), rows) == nil)
        #expect(table.snapshot.tableProtocol.writerFeatures?.contains("changeDataFeed") == true)
    }

    @Test func joiningFilesIsNoChange() throws {
        let lake = Lake()
        defer { lake.remove() }
        let table = try DeltaTable.openOrCreate(lake.store, TableDefinition(schema: Self.schema))
        try table.set(properties: ["delta.enableChangeDataFeed": "true"])
        let writer = try AppendWriter(
            table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s"))
        for epoch in 1...4 {
            let row: [Value] = [.bigint(Int64(epoch)), .string("d"), .bigint(1)]
            let files = try writer.encode([Lake.batch(Self.schema, [row])], epoch: Int64(epoch))
            _ = try writer.commit(epoch: Int64(epoch), files: files)
        }
        #expect(try Compaction.optimize(table).count == 1)
        let count = try PythonOracle.shared.run(
            lake.path,
            "result = [str(deltalake.DeltaTable(path).load_cdf(starting_version=1).read_all().num_rows)]")
        #expect(count == ["4"])
    }
}
