import Columnar
import DeltaLake
import Foundation
import Storage
import Testing

@Suite struct HousekeepingTests {
    static let schema = Schema([Field("key", .bigint), Field("value", .bigint)])

    static func rows(_ keys: Range<Int>, _ value: Int64) -> Batch {
        Lake.batch(schema, keys.map { [.bigint(Int64($0)), .bigint(value)] })
    }

    static func dataFiles(_ store: any ObjectStore) throws -> Int {
        try store.list(prefix: "", after: nil).filter { !$0.name.hasPrefix("_") }.count
    }

    struct Stream {
        let lake = Lake()
        let clock = CleaningTests.Clock()
        let table: DeltaTable
        let writer: UpsertWriter

        init(
            _ properties: [String: String] = ["delta.deletedFileRetentionDuration": "interval 1 minute"]
        ) throws {
            table = try DeltaTable.openOrCreate(
                lake.store, TableDefinition(schema: schema, properties: properties),
                environment: clock.environment)
            writer = try UpsertWriter(
                table, schema: schema, key: ["key"], identity: SinkIdentity(instance: "i", sink: "s"))
        }

        func epoch(_ number: Int) throws {
            _ = try writer.commit(epoch: Int64(number), upserts: [rows(0..<4, Int64(number))])
        }
    }

    /// An hour of a stream with an epoch a second, whose table keeps replaced files for a minute.
    @Test func aStreamOfUpsertsKeepsABoundedNumberOfFiles() throws {
        let stream = try Stream()
        defer { stream.lake.remove() }
        let housekeeping = Housekeeping(stream.table)
        var most = 0
        for number in 1...400 {
            try stream.epoch(number)
            stream.clock.advance(1000)
            #expect(try housekeeping.run() <= housekeeping.limit)
            most = max(most, try Self.dataFiles(stream.lake.store))
            if number % 50 == 0 {
                // What is a minute old is still there.
                let old = try stream.table.snapshot(at: Int64(max(1, number - 55)))
                #expect(try stream.table.readAll(old).reduce(0) { $0 + $1.count } == 4)
            }
        }
        #expect(most < 80, "\(most) files")
        #expect(try stream.table.readAll(stream.table.snapshot).first?.row(0).last == .bigint(400))
    }

    /// What a process has left behind is found by the next one, a piece at a time.
    @Test func whatAnEarlierProcessLeftIsFoundByLooking() throws {
        let stream = try Stream()
        defer { stream.lake.remove() }
        for number in 1...30 { try stream.epoch(number) }
        stream.clock.advance(2 * 3_600_000)
        let table = try DeltaTable.open(stream.lake.store, environment: stream.clock.environment)
        let housekeeping = Housekeeping(table, limit: 10)
        #expect(try housekeeping.run() == 10)
        #expect(try housekeeping.run() == 10)
        #expect(try housekeeping.run() == 9)
        #expect(try housekeeping.run() == 0)
        #expect(try Self.dataFiles(stream.lake.store) == 1)
        #expect(try table.readAll(table.snapshot).reduce(0) { $0 + $1.count } == 4)
    }

    /// A file of a commit under way is in no version yet.
    @Test func filesOfAnOpenEpochAreLetAlone() throws {
        let stream = try Stream()
        defer { stream.lake.remove() }
        let appends = try AppendWriter(
            stream.table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "t"))
        let files = try appends.encode([Self.rows(10..<12, 7)], epoch: 1)
        stream.clock.advance(1_800_000)
        let housekeeping = Housekeeping(stream.table)
        #expect(try housekeeping.run() == 0)
        #expect(try Vacuum(stream.table).run(retention: 0).dataFiles.isEmpty)
        _ = try appends.commit(epoch: 1, files: files)
        #expect(try stream.table.readAll(stream.table.snapshot).reduce(0) { $0 + $1.count } == 2)
    }

    /// A store whose clock is years behind, as a simulated one or another machine's may be.
    @Test func aClockThatIsBehindMakesNoFileOld() throws {
        let fileSystem = SimulatedFileSystem()
        let store = LocalObjectStore("/t", in: fileSystem)
        let clock = CleaningTests.Clock()
        let table = try DeltaTable.openOrCreate(
            store, TableDefinition(schema: Self.schema), environment: clock.environment)
        let appends = try AppendWriter(
            table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "t"))
        let files = try appends.encode([Self.rows(10..<12, 7)], epoch: 1)
        #expect(try Housekeeping(table).run() == 0)
        #expect(try Vacuum(table).run(retention: 0).dataFiles.isEmpty)
        _ = try appends.commit(epoch: 1, files: files)
        #expect(try table.readAll(table.snapshot).reduce(0) { $0 + $1.count } == 2)
    }

    /// Cut off at any deletion: each version that is to be kept is whole.
    @Test func aCrashAtAnyDeletionHarmsNoKeptVersion() throws {
        for crash in 0..<40 {
            let stream = try Stream([
                "delta.deletedFileRetentionDuration": "interval 1 hour",
                "delta.logRetentionDuration": "interval 1 hour", "delta.checkpointInterval": "5",
            ])
            defer { stream.lake.remove() }
            for number in 1...24 { try stream.epoch(number) }
            stream.clock.advance(3 * 3_600_000)
            let store = InterruptingStore(stream.lake.store, deletions: crash)
            if let table = try? DeltaTable.open(store, environment: stream.clock.environment) {
                _ = try? Vacuum(table).run()
            }
            let table = try DeltaTable.open(stream.lake.store, environment: stream.clock.environment)
            #expect(table.snapshot.version == 24)
            #expect(try table.readAll(table.snapshot).reduce(0) { $0 + $1.count } == 4, "crash \(crash)")
            // The log has no gap behind its first commit.
            let versions = try table.history().map(\.version)
            #expect(versions == Array(((versions.last ?? 0)...24).reversed()), "crash \(crash)")
            _ = try Vacuum(table).run()
            #expect(try Self.dataFiles(stream.lake.store) == 1)
        }
    }

    @Test func propertiesAreSetOnceAndKept() throws {
        let stream = try Stream()
        defer { stream.lake.remove() }
        try stream.epoch(1)
        try stream.table.set(properties: ["delta.logRetentionDuration": "interval 2 days"])
        try stream.table.set(properties: ["delta.logRetentionDuration": "interval 2 days"])
        #expect(stream.table.snapshot.version == 2)
        try stream.epoch(2)
        let table = try DeltaTable.open(stream.lake.store)
        #expect(table.snapshot.metadata.configuration["delta.logRetentionDuration"] == "interval 2 days")
        #expect(try table.history(limit: 2).last?.operation == "SET TBLPROPERTIES")
    }
}
