import Columnar
import DeltaLake
import Foundation
import Storage
import Synchronization
import TestKit
import Testing

@Suite struct ConcurrencyTests {
    static let schema = Schema([Field("id", .bigint)])

    static func append(_ writer: AppendWriter, epoch: Int64, id: Int64) throws {
        let files = try writer.encode([Lake.batch(schema, [[.bigint(id)]])], epoch: epoch)
        _ = try writer.commit(epoch: epoch, files: files)
    }

    /// Each thread with a table object of its own, as processes would be.
    @Test func noneOfTwoHundredCommitsOfFourWritersIsLost() throws {
        let lake = Lake()
        defer { lake.remove() }
        let definition = TableDefinition(schema: Self.schema)
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            do {
                let table = try DeltaTable.openOrCreate(lake.store, definition)
                let writer = try AppendWriter(
                    table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s\(thread)"))
                for step in 1...50 {
                    try Self.append(writer, epoch: Int64(step), id: Int64(thread * 1000 + step))
                }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 }.isEmpty)
        let table = try DeltaTable.open(lake.store)
        let expected = (0..<4).flatMap { thread in (1...50).map { [Value.bigint(Int64(thread * 1000 + $0))] }
        }
        let texts = AppendWriterTests.expected(expected, Self.schema)
        #expect(difference(CanonicalRows.texts(try table.readAll(table.snapshot)), texts) == nil)
        #expect(table.snapshot.version == 200)
        if PythonOracle.isAvailable {
            #expect(difference(try PythonOracle.shared.rows(engine: "delta-rs", lake.path), texts) == nil)
        }
    }

    @Test func threadsThatShareOneTableObjectStandInLine() throws {
        let table = try DeltaTable.openOrCreate(
            LocalObjectStore("/t", in: SimulatedFileSystem()), TableDefinition(schema: Self.schema))
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            do {
                let writer = try AppendWriter(
                    table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s\(thread)"))
                for step in 1...50 {
                    try Self.append(writer, epoch: Int64(step), id: Int64(thread * 1000 + step))
                    if step % 10 == 0 { try Compaction(table).runIfDue() }
                }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 }.isEmpty)
        #expect(table.rowCount(table.snapshot) == 200)
    }

    @Test(.enabled(if: PythonOracle.isAvailable, "run scripts/setup first"))
    func aRaceWithDeltaRsLosesNoRowOfEither() throws {
        let lake = Lake()
        defer { lake.remove() }
        let table = try DeltaTable.openOrCreate(lake.store, TableDefinition(schema: Self.schema))
        let writer = try AppendWriter(
            table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s"))
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 2) { side in
            do {
                for step in 1...25 {
                    if side == 0 {
                        try Self.append(writer, epoch: Int64(step), id: Int64(step))
                    } else {
                        try PythonOracle.shared.append(lake.path, ids: [1000 + step])
                    }
                }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 }.isEmpty)
        let snapshot = try table.refresh()
        let expected = AppendWriterTests.expected(
            ((1...25).map { $0 } + (1001...1025)).map { [Value.bigint(Int64($0))] }, Self.schema)
        #expect(difference(CanonicalRows.texts(try table.readAll(snapshot)), expected) == nil)
        #expect(difference(try PythonOracle.shared.rows(engine: "delta-rs", lake.path), expected) == nil)
    }

    @Test func aChangedSchemaIsAConflictForThoseWhoDoNotKnowIt() throws {
        let fileSystem = SimulatedFileSystem()
        let store = LocalObjectStore("/t", in: fileSystem)
        let table = try DeltaTable.openOrCreate(store, TableDefinition(schema: Self.schema))
        let writer = try AppendWriter(
            table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s"))
        let commit = try #require(
            String(bytes: try store.get("_delta_log/00000000000000000000.json"), encoding: .utf8))
        let metadata = try #require(commit.split(separator: "\n").first { $0.contains("metaData") })
        let changed = metadata.replacingOccurrences(of: "\"long\"", with: "\"string\"")
        var bytes = Array(changed.replacingOccurrences(of: "\\\"long\\\"", with: "\\\"string\\\"").utf8)
        try bytes.withUnsafeMutableBytes {
            try store.putIfAbsent("_delta_log/00000000000000000001.json", UnsafeRawBufferPointer($0))
        }
        #expect {
            try Self.append(writer, epoch: 1, id: 1)
        } throws: { error in
            if case .conflict? = error as? DeltaError { true } else { false }
        }
        #expect(throws: DeltaError.self) {
            try AppendWriter(table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s"))
        }
    }

    /// What a restart beside a process that is believed dead would do.
    @Test func theSameEpochFromTwoProcessesIsCommittedOnce() throws {
        let fileSystem = SimulatedFileSystem()
        let identity = SinkIdentity(instance: "i", sink: "s")
        let definition = TableDefinition(schema: Self.schema)
        let writers = try (0..<2).map { _ in
            try AppendWriter(
                DeltaTable.openOrCreate(LocalObjectStore("/t", in: fileSystem), definition),
                schema: Self.schema,
                identity: identity)
        }
        for epoch in 1...5 {
            for (number, writer) in writers.enumerated() {
                let files = try writer.encode(
                    [Lake.batch(Self.schema, [[.bigint(Int64(epoch))]])], epoch: Int64(epoch))
                let outcome = try writer.commit(epoch: Int64(epoch), files: files)
                #expect(outcome?.isRepeated == (number == 1))
                #expect(outcome?.version == Int64(epoch))
            }
        }
        #expect(try writers[0].table.rowCount(writers[0].table.refresh()) == 5)
    }

    /// Each knows of the other's rows only from the conflict.
    @Test(arguments: 0..<6) func upsertsOfTwoSinksInTurnKeepOneRowForEachKey(seed: Int) throws {
        let fileSystem = SimulatedFileSystem()
        let schema = Schema([Field("key", .bigint), Field("value", .bigint)])
        let writers = try (0..<2).map { number in
            try UpsertWriter(
                DeltaTable.openOrCreate(
                    LocalObjectStore("/t", in: fileSystem), TableDefinition(schema: schema)),
                schema: schema, key: ["key"], identity: SinkIdentity(instance: "i", sink: "s\(number)"),
                options: UpsertOptions(fileRows: 16, smallFileRows: 4, smallFileLimit: 3))
        }
        var random = SeededGenerator(seed: UInt64(seed))
        var model: [Int64: Int64] = [:]
        for epoch in 1...40 {
            let writer = writers[Int.random(in: 0..<2, using: &random)]
            let rows: [[Value]] = (0..<5).map { _ in
                [.bigint(Int64.random(in: 0..<30, using: &random)), .bigint(Int64(epoch))]
            }
            for row in rows { if case .bigint(let key) = row[0] { model[key] = Int64(epoch) } }
            _ = try writer.commit(epoch: Int64(epoch), upserts: [Lake.batch(schema, rows)])
        }
        let table = writers[0].table
        let expected = AppendWriterTests.expected(model.map { [.bigint($0.key), .bigint($0.value)] }, schema)
        let found = CanonicalRows.texts(try table.readAll(table.refresh()))
        #expect(difference(found, expected) == nil, "seed \(seed)")
    }
}
