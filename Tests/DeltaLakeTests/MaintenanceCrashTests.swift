import Columnar
import DeltaLake
import Foundation
import Storage
import TestKit
import Testing

/// The power goes at any change that vacuum, optimize and restore make: no reader sees a wrong version.
@Suite struct MaintenanceCrashTests {
    static let crashes = Effort.isFull ? 100 : 8

    struct Place {
        let stream: HousekeepingTests.Stream
        /// The rows of each version.
        var rows: [Int64: [String]] = [:]

        init() throws {
            stream = try HousekeepingTests.Stream([
                "delta.deletedFileRetentionDuration": "interval 1 hour", "delta.checkpointInterval": "4",
                "delta.logRetentionDuration": "interval 1 hour",
            ])
            let appends = try AppendWriter(
                stream.table, schema: HousekeepingTests.schema,
                identity: SinkIdentity(instance: "i", sink: "t"))
            for number in 1...6 {
                try stream.epoch(number)
                note()
                let key = 100 + number
                let files = try appends.encode(
                    [HousekeepingTests.rows(key..<key + 1, 1)], epoch: Int64(number))
                _ = try appends.commit(epoch: Int64(number), files: files)
                note()
            }
        }

        private mutating func note() {
            let snapshot = stream.table.snapshot
            rows[snapshot.version] = (try? stream.table.readAll(snapshot)).map(CanonicalRows.texts)
        }
    }

    static func maintain(_ store: any ObjectStore, _ environment: TableEnvironment) throws {
        let table = try DeltaTable.open(store, environment: environment)
        _ = try Compaction.optimize(table)
        _ = try table.restore(to: 10)
        _ = try Vacuum(table).run()
        _ = try Compaction.optimize(table)
    }

    @Test(arguments: 0..<crashes) func noVersionIsEverWrong(crash: Int) throws {
        let place = try Place()
        let stream = place.stream
        defer { stream.lake.remove() }
        let store = InterruptingStore(stream.lake.store, changes: crash % 48)
        try? Self.maintain(store, stream.clock.environment)
        let table = try DeltaTable.open(stream.lake.store, environment: stream.clock.environment)
        try check(table, place, crash)
        // The next one ends what this one has begun, however old all is by then.
        stream.clock.advance(3 * 3_600_000)
        _ = try Vacuum(table).run()
        try check(table, place, crash, isClean: true)
        #expect(try HousekeepingTests.dataFiles(stream.lake.store) == table.snapshot.fileCount)
    }

    private func check(_ table: DeltaTable, _ place: Place, _ crash: Int, isClean: Bool = false) throws {
        // Version 12 was the last before; what came then is version 10 again, or the same rows.
        var expected = place.rows
        var last = try #require(expected[12])
        for commit in try table.history().reversed() where commit.version > 12 {
            if commit.operation == "RESTORE" { last = try #require(expected[10]) }
            expected[commit.version] = last
        }
        let newest = table.snapshot.version
        for commit in try table.history() where !isClean || commit.version == newest {
            guard let rows = expected[commit.version] else { continue }
            let found = CanonicalRows.texts(try table.readAll(table.snapshot(at: commit.version)))
            #expect(difference(found, rows) == nil, "version \(commit.version), crash \(crash)")
        }
    }
}
