import Columnar
import DeltaLake
import Foundation
import Storage
import Testing

/// Another thread that uses the same table object comes between a change's reading and its commit.
@Suite struct InterruptionTests {
    static let schema = Schema([Field("key", .bigint), Field("value", .bigint)])
    static let identity = SinkIdentity(instance: "i", sink: "s")

    static func makeTable() throws -> (InterruptingStore, DeltaTable) {
        let store = InterruptingStore(LocalObjectStore("/t", in: SimulatedFileSystem()))
        return (store, try DeltaTable.openOrCreate(store, TableDefinition(schema: schema)))
    }

    static func append(_ writer: AppendWriter, _ epoch: Int64) throws {
        let files = try writer.encode([Lake.batch(schema, [[.bigint(epoch), .bigint(0)]])], epoch: epoch)
        _ = try writer.commit(epoch: epoch, files: files)
    }

    @Test func ofTwoCompactionsOfTheSameFilesOneIsGivenUp() throws {
        let (store, table) = try Self.makeTable()
        let writer = try AppendWriter(table, schema: Self.schema, identity: Self.identity)
        for epoch in 1...10 { try Self.append(writer, Int64(epoch)) }
        var inner: Compaction.Report?
        store.interruptOnce { inner = try Compaction(table).runIfDue() }
        let outer = try Compaction(table).runIfDue()
        #expect(inner?.version != nil && outer.version == nil)
        #expect(table.rowCount(table.snapshot) == 10)
    }

    @Test func anAppendComesThroughBesideACompaction() throws {
        let (store, table) = try Self.makeTable()
        let writer = try AppendWriter(table, schema: Self.schema, identity: Self.identity)
        for epoch in 1...10 { try Self.append(writer, Int64(epoch)) }
        store.interruptOnce { try Self.append(writer, 11) }
        let report = try Compaction(table).runIfDue()
        #expect(report.version != nil)
        #expect(table.rowCount(table.snapshot) == 11)
    }

    @Test func anUpsertIsMadeAgainWhenAnotherSinkWasFaster() throws {
        let (store, table) = try Self.makeTable()
        func writer(_ sink: String) throws -> UpsertWriter {
            try UpsertWriter(
                table, schema: Self.schema, key: ["key"], identity: SinkIdentity(instance: "i", sink: sink))
        }
        let (first, second) = (try writer("one"), try writer("two"))
        func upsert(_ writer: UpsertWriter, epoch: Int64, value: Int64) throws {
            let rows: [[Value]] = [[.bigint(1), .bigint(value)], [.bigint(value), .bigint(value)]]
            _ = try writer.commit(epoch: epoch, upserts: [Lake.batch(Self.schema, rows)])
        }
        try upsert(first, epoch: 1, value: 10)
        store.interruptOnce { try upsert(second, epoch: 1, value: 20) }
        try upsert(first, epoch: 2, value: 30)
        let expected = AppendWriterTests.expected(
            [[1, 30], [10, 10], [20, 20], [30, 30]].map { $0.map { .bigint($0) } }, Self.schema)
        #expect(difference(CanonicalRows.texts(try table.readAll(table.snapshot)), expected) == nil)
    }

    @Test func rowsForAnOldSchemaAreAConflictWhoeverHasLearntOfTheNewOne() throws {
        let (store, table) = try Self.makeTable()
        let writer = try AppendWriter(table, schema: Self.schema, identity: Self.identity)
        store.interruptOnce {
            let commit = String(
                decoding: try store.get("_delta_log/00000000000000000000.json"), as: UTF8.self)
            let line = commit.split(separator: "\n").first { $0.contains("metaData") } ?? ""
            let changed = Array(line.replacingOccurrences(of: "\\\"value\\\"", with: "\\\"worth\\\"").utf8)
            try changed.withUnsafeBytes { try store.putIfAbsent("_delta_log/00000000000000000001.json", $0) }
            try table.refresh()
        }
        #expect {
            try Self.append(writer, 1)
        } throws: { error in
            if case .conflict? = error as? DeltaError { true } else { false }
        }
    }
}
