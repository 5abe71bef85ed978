import Columnar
import DeltaLake
import Foundation
import Storage
import Synchronization
import Testing

@Suite struct CleaningTests {
    static let schema = Schema([Field("key", .bigint), Field("day", .string), Field("value", .bigint)])
    static let identity = SinkIdentity(instance: "i", sink: "s")

    /// A clock that a test moves.
    final class Clock: Sendable {
        private let time = Mutex<Int64>(Int64(Date().timeIntervalSince1970 * 1000))
        func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }
        var environment: TableEnvironment { TableEnvironment(clock: { self.time.withLock { $0 } }) }
    }

    @Test func onlyFilesThatNoRecentVersionUsesAreDeleted() throws {
        let lake = Lake()
        defer { lake.remove() }
        let clock = Clock()
        let table = try DeltaTable.openOrCreate(
            lake.store, TableDefinition(schema: Self.schema, partitionColumns: ["day"]),
            environment: clock.environment)
        let writer = try UpsertWriter(table, schema: Self.schema, key: ["key"], identity: Self.identity)
        for epoch in 1...12 {
            _ = try writer.commit(
                epoch: Int64(epoch),
                upserts: [
                    Lake.batch(
                        Self.schema, [[.bigint(Int64(epoch % 3)), .string("_d"), .bigint(Int64(epoch))]])
                ])
        }
        let orphan: [UInt8] = [1, 2, 3]
        try orphan.withUnsafeBytes { try lake.store.put("day=_d/part-orphan.parquet", $0) }
        try orphan.withUnsafeBytes { try lake.store.put("_other/part-of-another-engine.parquet", $0) }
        #expect(try Vacuum(table).run().dataFiles.isEmpty)
        clock.advance(2 * 3_600_000)
        let dry = try Vacuum(table).run(retention: 1_800_000, isDryRun: true)
        #expect(dry.dataFiles.count > 5)
        let deleted = try Vacuum(table).run(retention: 1_800_000).dataFiles.map(\.name)
        #expect(deleted == dry.dataFiles.map(\.name))
        #expect(deleted.contains("day=_d/part-orphan.parquet"))
        #expect(!deleted.contains { $0.hasPrefix("_") })
        #expect(try Vacuum(table).run(retention: 1_800_000).dataFiles.isEmpty)
        #expect(try table.readAll(table.snapshot).reduce(0) { $0 + $1.count } == 3)
        if PythonOracle.isAvailable {
            #expect(try PythonOracle.shared.rows(engine: "delta-rs", lake.path).count == 3)
        }
    }

    @Test func removedFilesOfShortLifeAreNotRememberedForEver() throws {
        let fileSystem = SimulatedFileSystem()
        let store = LocalObjectStore("/t", in: fileSystem)
        let table = try DeltaTable.openOrCreate(store, TableDefinition(schema: Self.schema))
        let writer = try UpsertWriter(table, schema: Self.schema, key: ["key"], identity: Self.identity)
        for epoch in 1...300 {
            _ = try writer.commit(
                epoch: Int64(epoch),
                upserts: [Lake.batch(Self.schema, [[.bigint(1), .string("d"), .bigint(Int64(epoch))]])])
        }
        let size = try store.get("_delta_log/00000000000000000300.checkpoint.parquet").count
        let early = try store.get("_delta_log/00000000000000000010.checkpoint.parquet").count
        #expect(size < early + 2000)
    }

    @Test func oldCommitsGoUnlessTheTableKeepsThem() throws {
        for isAsked in [false, true] {
            let lake = Lake()
            defer { lake.remove() }
            let clock = Clock()
            var properties = [
                "delta.checkpointInterval": "5", "delta.logRetentionDuration": "interval 1 hour",
            ]
            if !isAsked { properties["delta.enableExpiredLogCleanup"] = "false" }
            let table = try DeltaTable.openOrCreate(
                lake.store, TableDefinition(schema: Self.schema, properties: properties),
                environment: clock.environment)
            let writer = try AppendWriter(table, schema: Self.schema, identity: Self.identity)
            for epoch in 1...12 {
                let files = try writer.encode(
                    [Lake.batch(Self.schema, [[.bigint(Int64(epoch)), .string("d"), .bigint(1)]])],
                    epoch: Int64(epoch))
                _ = try writer.commit(epoch: Int64(epoch), files: files)
            }
            // The commits' files keep the machine's time, and now are hours old.
            clock.advance(7_200_000)
            let housekeeping = Housekeeping(table)
            while try housekeeping.run() > 0 {}
            let first = FileManager.default.fileExists(
                atPath: lake.path + "/_delta_log/00000000000000000000.json")
            #expect(first == !isAsked)
            let reopened = try DeltaTable.open(lake.store)
            #expect(reopened.rowCount(reopened.snapshot) == 12)
            #expect(try reopened.snapshot(at: 11).fileCount == 11)
        }
    }
}
