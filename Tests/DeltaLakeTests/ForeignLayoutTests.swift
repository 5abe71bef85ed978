import Columnar
import Foundation
import Storage
import Testing

@testable import DeltaLake

/// Layouts that only other engines write, made here by hand and read by delta-rs too where it can.
@Suite(.enabled(if: PythonOracle.isAvailable, "run scripts/setup first"))
struct ForeignLayoutTests {
    /// Columns by number, in files whose names say nothing; nested, and with a partition.
    @Test(arguments: ["id", "name"]) func columnsAreFoundByNumberOrPhysicalName(mode: String) throws {
        let lake = Lake()
        defer { lake.remove() }
        try PythonOracle.shared.run(
            lake.path,
            """
            import json, os
            import pyarrow.parquet as pq
            os.makedirs(path + "/_delta_log")
            by_id = "\(mode)" == "id"
            def field(name, type, number):
                return pa.field(name, type, metadata={"PARQUET:field_id": str(number)})
            def meta(name, number):
                return {"delta.columnMapping.id": number, "delta.columnMapping.physicalName": name}
            inner = pa.struct([field("x" if by_id else "col-4", pa.int64(), 4),
                               field("y" if by_id else "col-5", pa.string(), 5)])
            schema = pa.schema([field("q" if by_id else "col-2", inner, 2),
                                field("r" if by_id else "col-1", pa.int64(), 1)])
            def name(f): return schema.field(f).name
            rows = pa.table([pa.array([{inner[0].name: 7, inner[1].name: "a"}, None], inner),
                             pa.array([1, 2], pa.int64())], schema=schema)
            pq.write_table(rows, path + "/part-1.parquet")
            fields = [
                {"name": "number", "type": "long", "nullable": True, "metadata": meta("col-1", 1)},
                {"name": "place", "type": {"type": "struct", "fields": [
                    {"name": "text", "type": "string", "nullable": True, "metadata": meta("col-5", 5)},
                    {"name": "size", "type": "long", "nullable": True, "metadata": meta("col-4", 4)}]},
                 "nullable": True, "metadata": meta("col-2", 2)},
                {"name": "day", "type": "string", "nullable": True, "metadata": meta("col-3", 3)},
                {"name": "later", "type": "long", "nullable": True, "metadata": meta("col-6", 6)}]
            lines = [
                {"protocol": {"minReaderVersion": 2, "minWriterVersion": 5}},
                {"metaData": {"id": "x", "format": {"provider": "parquet", "options": {}},
                  "schemaString": json.dumps({"type": "struct", "fields": fields}),
                  "partitionColumns": ["day"],
                  "configuration": {"delta.columnMapping.mode": "\(mode)", "delta.columnMapping.maxColumnId": "6"},
                  "createdTime": 0}},
                {"add": {"path": "part-1.parquet", "partitionValues": {"col-3": "Monday"},
                  "size": os.path.getsize(path + "/part-1.parquet"), "modificationTime": 0,
                  "dataChange": True}}]
            with open(path + "/_delta_log/00000000000000000000.json", "w") as log:
                log.write("\\n".join(json.dumps(line) for line in lines))
            """)
        let table = try DeltaTable.open(lake.store)
        let rows = try table.readAll(table.snapshot).flatMap { batch in
            (0..<batch.count).map { batch.row($0) }
        }
        #expect(
            Set(rows) == [
                [.bigint(1), .structure([.string("a"), .bigint(7)]), .string("Monday"), .null],
                [.bigint(2), .null, .string("Monday"), .null],
            ])
        #expect(table.liveFiles(table.snapshot).first?.partitionValues.first?.text == "Monday")
        #expect {
            try AppendWriter(
                table, schema: Schema([Field("number", .bigint)]), identity: ForeignTableTests.identity)
        } throws: { ($0 as? DeltaError)?.diagnostic.message.contains("columnMapping") ?? false }
    }

    @Test(.enabled(if: GoldenTableTests.isThere, "needs the test data: set MILLRACE_TESTDATA"))
    func widenedTypesHoldTheValuesOfOldFiles() throws {
        let table = try GoldenTableTests.table("type-widening/delta")
        let rows = try table.readAll(table.snapshot).flatMap { batch in
            (0..<batch.count).map { batch.row($0) }
        }
        func decimal(_ unscaled: Int128, _ scale: Int) -> Value { .decimal(unscaled, scale: scale) }
        let old = try #require(rows.first { $0[0] == .bigint(1) })
        #expect(
            Array(old[..<6]) == [
                .bigint(1), .bigint(2), .double(Double(Float(3.4))), .double(5), .double(6), .double(7),
            ])
        #expect(old[6] == decimal(12_345, 2))
        #expect(old[12] == .timestamp(Int64(Civil.days(year: 2024, month: 9, day: 9)) * 86_400_000))
        let new = try #require(rows.first { $0[0] == .bigint(.max) })
        #expect(new[2] == .double(1.234567890123))
        #expect(new[6] == decimal(1_234_567_890_123_456, 2))
    }

    /// The same table told once by its commits and once by joined ones, whose commits are gone.
    @Test func joinedCommitsStandInForThoseThatAreGone() throws {
        let lake = Lake()
        defer { lake.remove() }
        let schema = Schema([Field("id", .bigint)])
        let table = try DeltaTable.openOrCreate(
            lake.store,
            TableDefinition(schema: schema, properties: ["delta.checkpointInterval": "100"]))
        for epoch in 1...6 {
            try ForeignTableTests.append(table, schema, [[.bigint(Int64(epoch))]], epoch: Int64(epoch))
        }
        let texts = CanonicalRows.texts(try table.readAll(table.snapshot))
        try PythonOracle.shared.run(
            lake.path,
            """
            import os
            log = path + "/_delta_log/%020d"
            lines = []
            for version in range(2, 5):
                lines += [l for l in open(log % version + ".json") if "commitInfo" not in l]
                os.remove(log % version + ".json")
            open(log % 2 + ".%020d.compacted.json" % 4, "w").writelines(lines)
            """)
        let reopened = try DeltaTable.open(lake.store)
        #expect(reopened.snapshot.version == 6)
        // Of the joined commits' three steps the first that is told counts, as writers tell the newest first.
        #expect(difference(CanonicalRows.texts(try reopened.readAll(reopened.snapshot)), texts) == nil)
        #expect(throws: DeltaError.self) { try reopened.snapshot(at: 3) }
        #expect(try reopened.snapshot(at: 4).fileCount == 4)
    }
}
