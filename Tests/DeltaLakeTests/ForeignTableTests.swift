import Columnar
import Foundation
import Storage
import Testing

@testable import DeltaLake

/// Rows of ours in tables that others have made.
@Suite(.enabled(if: PythonOracle.isAvailable, "run scripts/setup first"))
struct ForeignTableTests {
    static let identity = SinkIdentity(instance: "i", sink: "s")

    static func append(_ table: DeltaTable, _ schema: Schema, _ rows: [[Value]], epoch: Int64 = 1) throws {
        let writer = try AppendWriter(table, schema: schema, identity: identity)
        _ = try writer.commit(epoch: epoch, files: writer.encode([Lake.batch(schema, rows)], epoch: epoch))
    }

    @Test func aTableOfDeltaRsTakesRowsOfEveryType() throws {
        let lake = Lake()
        defer { lake.remove() }
        try PythonOracle.shared.run(
            lake.path,
            """
            import datetime, decimal
            utc = datetime.timezone.utc
            t = pa.table({
                "a": pa.array([1], pa.int8()), "b": pa.array([-300], pa.int16()), "c": pa.array([1], pa.int32()),
                "d": pa.array([1], pa.int64()), "e": pa.array([0.5], pa.float32()),
                "f": pa.array([0.1], pa.float64()),
                "g": pa.array([decimal.Decimal("1.50")], pa.decimal128(12, 2)),
                "h": pa.array(["x"]), "i": pa.array([b"x"]), "j": pa.array([True]),
                "k": pa.array([datetime.date(2026, 11, 21)]),
                "l": pa.array([datetime.datetime(2026, 11, 21, 1, 2, 3, 4000, utc)], pa.timestamp("us", "UTC")),
                "m": pa.array([datetime.datetime(2026, 11, 21, 1, 2, 3, 4000)], pa.timestamp("us")),
                "n": pa.array([[1, 2]], pa.list_(pa.int64())),
                "o": pa.array([{"p": 1, "q": "r"}], pa.struct([("p", pa.int64()), ("q", pa.string())])),
            })
            deltalake.write_deltalake(path, t, partition_by=["h"])
            """)
        let table = try DeltaTable.open(lake.store)
        let schema = try table.snapshot.metadata.schema.columns(at: lake.path)
        var row = try #require(table.readAll(table.snapshot).first).row(0)
        row[0] = .integer(-128)
        row[1] = .integer(32_767)
        row[4] = .double(-0.25)
        row[7] = .string("a b/c=d")
        try Self.append(table, schema, [row, schema.fields.map { _ in .null }])
        let ours = CanonicalRows.texts(try table.readAll(table.refresh()))
        #expect(ours.count == 3)
        #expect(difference(try PythonOracle.shared.rows(engine: "delta-rs", lake.path), ours) == nil)
        #expect(try PythonOracle.shared.rows(engine: "chdb", lake.path).count == 3)
        // delta-rs joins our files with its own: their types must be the same.
        try PythonOracle.shared.optimize(lake.path)
        #expect(difference(CanonicalRows.texts(try table.readAll(table.refresh())), ours) == nil)
        // So do we.
        try Self.append(table, schema, [row], epoch: 2)
        try Self.append(table, schema, [row], epoch: 3)
        #expect(try Compaction.optimize(table).count > 0)
        #expect(
            difference(
                try PythonOracle.shared.rows(engine: "delta-rs", lake.path),
                CanonicalRows.texts(try table.readAll(table.refresh()))) == nil)
        row[0] = .integer(128)
        #expect {
            try Self.append(table, schema, [row], epoch: 4)
        } throws: { ($0 as? DeltaError)?.diagnostic.message.contains("does not fit byte") ?? false }
    }

    static let sparkTables = [
        "basic-with-inserts-updates", "basic-with-inserts-deletes-checkpoint", "data-reader-primitives",
        "data-reader-timestamp_ntz",
        "multi-part-checkpoint", "time-travel-schema-changes-b", "snapshot-data2",
        "data-skipping-partition-and-data-column", "data-reader-date-types-utc", "parsed-stats",
    ]

    /// The rows of a table once more, by our writer.
    @Test(
        .enabled(if: GoldenTableTests.isThere, "needs the test data: set MILLRACE_TESTDATA"),
        arguments: sparkTables)
    func aTableOfSparkTakesRows(name: String) throws {
        let lake = Lake()
        defer { lake.remove() }
        try FileManager.default.createDirectory(
            at: URL(filePath: lake.path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try PythonOracle.shared.run(
            lake.path,
            """
            import shutil, os
            shutil.copytree(\(CanonicalRows.cell(.string(GoldenTableTests.folder.path + "/\(name)/delta"))), path)
            for folder, _, files in os.walk(path):
                os.chmod(folder, 0o755)
                for file in files: os.chmod(os.path.join(folder, file), 0o644)
            """)
        let table = try DeltaTable.open(lake.store)
        let before = try table.readAll(table.snapshot)
        let schema = try table.snapshot.metadata.schema.columns(at: lake.path)
        let writer = try AppendWriter(table, schema: schema, identity: Self.identity)
        _ = try writer.commit(epoch: 1, files: writer.encode(before, epoch: 1))
        let ours = CanonicalRows.texts(try table.readAll(table.refresh()))
        let texts = CanonicalRows.texts(before)
        #expect(ours == (texts + texts).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(difference(try PythonOracle.shared.rows(engine: "delta-rs", lake.path), ours) == nil)
    }
}

extension ForeignTableTests {
    /// Columns here have milliseconds: joining such files would cut what Spark has written.
    @Test func filesWithFinerTimesAreLeftAsTheyAre() throws {
        let lake = Lake()
        defer { lake.remove() }
        try PythonOracle.shared.run(
            lake.path,
            """
            import datetime
            for micro in [1000, 1001]:
                times = [datetime.datetime(2026, 11, 21, 1, 2, 3, micro, datetime.timezone.utc)]
                t = pa.table({"t": pa.array(times, pa.timestamp("us", "UTC"))})
                deltalake.write_deltalake(path, t, mode="append")
            """)
        let table = try DeltaTable.open(lake.store)
        let schema = Schema([Field("t", .timestamp)])
        try Self.append(table, schema, [[.timestamp(1)]])
        let runs = try Compaction.optimize(table)
        #expect(runs.map(\.filesJoined) == [2])
        #expect(table.snapshot.fileCount == 2)
        let micro = try PythonOracle.shared.run(
            lake.path,
            "result = sorted(str(t.microsecond) for t in "
                + "deltalake.DeltaTable(path).to_pyarrow_table().column('t').to_pylist())")
        #expect(micro == ["1000", "1000", "1001"])
    }
}
