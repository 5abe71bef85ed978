import Columnar
import DeltaLake
import Foundation
import Storage
import Testing

@Suite struct CompactionTests {
    static let schema = Schema([Field("id", .bigint), Field("day", .string)])

    @Test func manySmallFilesBecomeFewAndTheRowsStayTheSame() throws {
        let lake = Lake()
        defer { lake.remove() }
        let table = try DeltaTable.openOrCreate(
            lake.store, TableDefinition(schema: Self.schema, partitionColumns: ["day"]))
        let writer = try AppendWriter(
            table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s"))
        var rows: [[Value]] = []
        var mostFiles = 0
        for epoch in 1...60 {
            let new: [[Value]] = (0..<3).map {
                [.bigint(Int64(epoch * 10 + $0)), .string("d\(($0 + epoch) % 2)")]
            }
            rows += new
            let files = try writer.encode([Lake.batch(Self.schema, new)], epoch: Int64(epoch))
            _ = try writer.commit(epoch: Int64(epoch), files: files)
            let before = CanonicalRows.texts(try table.readAll(table.snapshot))
            let report = try Compaction(table, fileCount: 4).runIfDue()
            if report.version != nil { #expect(report.filesJoined >= 4 && report.filesWritten == 1) }
            #expect(CanonicalRows.texts(try table.readAll(table.snapshot)) == before)
            mostFiles = max(mostFiles, table.snapshot.fileCount)
        }
        #expect(mostFiles <= 2 * 5)
        #expect(table.lastCommitted("i/s") == 60)
        let expected = AppendWriterTests.expected(rows, Self.schema)
        if PythonOracle.isAvailable {
            #expect(difference(try PythonOracle.shared.rows(engine: "delta-rs", lake.path), expected) == nil)
            #expect(difference(try PythonOracle.shared.rows(engine: "chdb", lake.path), expected) == nil)
        }
    }

    @Test func aRunReadsNoMoreThanItMay() throws {
        let table = try DeltaTable.openOrCreate(
            LocalObjectStore("/t", in: SimulatedFileSystem()), TableDefinition(schema: Self.schema))
        let writer = try AppendWriter(
            table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s"))
        for epoch in 1...20 {
            let files = try writer.encode(
                [Lake.batch(Self.schema, [[.bigint(Int64(epoch)), .string("x")]])], epoch: Int64(epoch))
            _ = try writer.commit(epoch: Int64(epoch), files: files)
        }
        let size = Int(table.liveFiles(table.snapshot)[0].size)
        let report = try Compaction(table, runBytes: size * 9).runIfDue()
        #expect(report.filesJoined <= 10 && report.filesJoined >= 8)
        #expect(table.rowCount(table.snapshot) == 20)
    }

    @Test func anAppendBesideACompactionIsNotLost() throws {
        let fileSystem = SimulatedFileSystem()
        let identity = SinkIdentity(instance: "i", sink: "s")
        let table = try DeltaTable.openOrCreate(
            LocalObjectStore("/t", in: fileSystem), TableDefinition(schema: Self.schema))
        let writer = try AppendWriter(table, schema: Self.schema, identity: identity)
        func append(_ writer: AppendWriter, _ epoch: Int64) throws {
            let files = try writer.encode(
                [Lake.batch(Self.schema, [[.bigint(epoch), .string("x")]])], epoch: epoch)
            _ = try writer.commit(epoch: epoch, files: files)
        }
        for epoch in 1...9 { try append(writer, Int64(epoch)) }
        // Another process appends, and a third one compacts, both behind this one's back.
        let other = try AppendWriter(
            DeltaTable.open(LocalObjectStore("/t", in: fileSystem)), schema: Self.schema, identity: identity)
        try append(other, 10)
        let report = try Compaction(table).runIfDue()
        #expect(report.version != nil)
        #expect(table.rowCount(table.snapshot) == 10)
        // What the other one knows is out of date: its compaction is given up, its append goes through.
        let late = try Compaction(other.table).runIfDue()
        #expect(late.version == nil)
        try append(other, 11)
        #expect(try table.rowCount(table.refresh()) == 11)
    }
}
