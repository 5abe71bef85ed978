import Columnar
import Foundation
import Storage
import Testing

@testable import DeltaLake

@Suite struct EvolutionTests {
    static let old = Schema([Field("id", .integer), Field("amount", .decimal(precision: 10, scale: 2))])

    static func table(_ properties: [String: String] = [:]) throws -> (Lake, DeltaTable) {
        let lake = Lake()
        let table = try DeltaTable.openOrCreate(
            lake.store, TableDefinition(schema: old, properties: properties))
        try ForeignTableTests.append(table, old, [[.integer(1), .decimal(150, scale: 2)]])
        return (lake, table)
    }

    @Test func aColumnThatIsNewIsNullInOldRows() throws {
        let (lake, table) = try Self.table()
        defer { lake.remove() }
        let schema = Schema(Self.old.fields + [Field("country", .string), Field("tags", .array(.string))])
        #expect(throws: DeltaError.self) {
            try AppendWriter(table, schema: schema, identity: ForeignTableTests.identity)
        }
        try table.evolve(to: schema)
        try table.evolve(to: schema)
        #expect(table.snapshot.version == 2)
        try ForeignTableTests.append(
            table, schema,
            [[.integer(2), .decimal(1, scale: 2), .string("DE"), .array([.string("a")])]], epoch: 2)
        let rows = try table.readAll(table.snapshot).flatMap { batch in
            (0..<batch.count).map { batch.row($0) }
        }
        #expect(rows.contains([.integer(1), .decimal(150, scale: 2), .null, .null]))
        #expect(try table.snapshot(at: 1).metadata.schema.fields.count == 2)
        if PythonOracle.isAvailable {
            let ours = CanonicalRows.texts(try table.readAll(table.snapshot))
            for engine in ["delta-rs", "chdb"] {
                #expect(try PythonOracle.shared.rows(engine: engine, lake.path).count == 2)
            }
            #expect(difference(try PythonOracle.shared.rows(engine: "delta-rs", lake.path), ours) == nil)
        }
        let bad = Schema(Self.old.fields + [Field("a b", .string)])
        #expect(throws: DeltaError.self) { try table.evolve(to: bad) }
    }

    /// Others may add columns while a stream is appended.
    @Test func rowsOfAWriterThatKnowsFewerColumnsStillFit() throws {
        let (lake, table) = try Self.table()
        defer { lake.remove() }
        let writer = try AppendWriter(
            table, schema: Self.old, identity: SinkIdentity(instance: "i", sink: "old"))
        let files = try writer.encode(
            [Lake.batch(Self.old, [[.integer(2), .decimal(1, scale: 2)]])], epoch: 1)
        let other = try DeltaTable.open(lake.store)
        try other.evolve(to: Schema(Self.old.fields + [Field("country", .string)]))
        _ = try writer.commit(epoch: 1, files: files)
        #expect(table.rowCount(table.snapshot) == 2)
        #expect(table.snapshot.metadata.schema.fields.count == 3)
    }

    /// Others may add columns, and fill them, while a table is upserted.
    @Test func upsertsGoOnWhereSomebodyAddsAColumn() throws {
        let (lake, table) = try Self.table()
        defer { lake.remove() }
        let writer = try UpsertWriter(
            table, schema: Self.old, key: ["id"], identity: SinkIdentity(instance: "i", sink: "old"))
        func upsert(_ epoch: Int64, _ id: Int32, _ cents: Int) throws {
            let row: [Value] = [.integer(id), .decimal(Int128(cents), scale: 2)]
            _ = try writer.commit(epoch: epoch, upserts: [Lake.batch(Self.old, [row])])
        }
        try upsert(1, 2, 20)
        let other = try DeltaTable.open(lake.store)
        let schema = Schema(Self.old.fields + [Field("country", .string)])
        try other.evolve(to: schema)
        try ForeignTableTests.append(
            other, schema, [[.integer(3), .decimal(30, scale: 2), .string("DE")]], epoch: 3)
        try upsert(2, 1, 11)
        try upsert(3, 4, 40)
        let rows = try table.readAll(table.snapshot).flatMap { batch in
            (0..<batch.count).map { batch.row($0) }
        }
        let expected: [[Value]] = [
            [.integer(1), .decimal(11, scale: 2), .null], [.integer(2), .decimal(20, scale: 2), .null],
            [.integer(3), .decimal(30, scale: 2), .string("DE")],
            [.integer(4), .decimal(40, scale: 2), .null],
        ]
        #expect(rows.count == 4 && expected.allSatisfy(rows.contains))
    }

    @Test func aTypeIsWidenedOnlyWhereTheTableAllowsIt() throws {
        let wide = Schema([Field("id", .bigint), Field("amount", .decimal(precision: 14, scale: 3))])
        let (closed, refusing) = try Self.table()
        defer { closed.remove() }
        #expect {
            try refusing.evolve(to: wide)
        } throws: { ($0 as? DeltaError)?.diagnostic.hint?.contains("delta.enableTypeWidening") ?? false }
        let (lake, table) = try Self.table(["delta.enableTypeWidening": "true"])
        defer { lake.remove() }
        try table.evolve(to: wide)
        try ForeignTableTests.append(
            table, wide, [[.bigint(1 << 40), .decimal(1_234_567_890_123, scale: 3)]], epoch: 2)
        let reopened = try DeltaTable.open(lake.store)
        let rows = try reopened.readAll(reopened.snapshot).flatMap { batch in
            (0..<batch.count).map { batch.row($0) }
        }
        #expect(
            Set(rows) == [
                [.bigint(1), .decimal(1500, scale: 3)],
                [.bigint(1 << 40), .decimal(1_234_567_890_123, scale: 3)],
            ])
        #expect(reopened.snapshot.tableProtocol.readerFeatures == ["typeWidening"])
        #expect(reopened.snapshot.tableProtocol.writerFeatures?.contains("appendOnly") == true)
    }

    @Test func aNarrowerColumnIsWidenedAsItIsWritten() throws {
        let lake = Lake()
        defer { lake.remove() }
        let wide = Schema([
            Field("id", .bigint), Field("share", .double), Field("amount", .decimal(precision: 20, scale: 4)),
        ])
        let table = try DeltaTable.openOrCreate(lake.store, TableDefinition(schema: wide))
        let narrow = Schema([
            Field("id", .integer), Field("share", .integer),
            Field("amount", .decimal(precision: 10, scale: 2)),
        ])
        let writer = try UpsertWriter(
            table, schema: narrow, key: ["id"], identity: ForeignTableTests.identity)
        for epoch in 1...2 {
            _ = try writer.commit(
                epoch: Int64(epoch),
                upserts: [
                    Lake.batch(narrow, [[.integer(7), .integer(Int32(epoch)), .decimal(150, scale: 2)]])
                ])
        }
        let batches = try table.readAll(table.snapshot)
        #expect(batches.map(\.count) == [1])
        #expect(batches[0].row(0) == [.bigint(7), .double(2), .decimal(15_000, scale: 4)])
        let delete = Schema([Field("id", .integer)])
        _ = try writer.commit(epoch: 3, upserts: [], deletes: [Lake.batch(delete, [[.integer(7)]])])
        #expect(table.rowCount(table.snapshot) == 0)
    }

    /// What may not be NULL below a column.
    @Test func aMissingMemberOrElementIsRefused() throws {
        let type = TableType.structure([
            TableField(name: "a", type: .long, isNullable: false, metadata: []),
            TableField(name: "b", type: .array(.string, containsNull: false), isNullable: true, metadata: []),
        ])
        let columns = Schema([Field("s", .structure([Field("a", .bigint), Field("b", .array(.string))]))])
        func missing(_ value: Value) -> String? {
            RequiredValues.missing(in: Lake.batch(columns, [[value]]).columns[0], type, name: "s")
        }
        #expect(missing(.structure([.bigint(1), .array([.string("x")])])) == nil)
        #expect(missing(.structure([.bigint(1), .null])) == nil)
        #expect(missing(.null) == nil)
        #expect(missing(.structure([.null, .null])) == "s.a")
        #expect(missing(.structure([.bigint(1), .array([.null])])) == "s.b.element")
    }

    @Test func whatATableDemandsAndCannotBeCheckedIsRefusedByName() throws {
        let (lake, table) = try Self.table()
        defer { lake.remove() }
        try table.set(properties: ["delta.constraints.positive": "amount > 0"])
        #expect {
            try ForeignTableTests.append(table, Self.old, [[.integer(1), .null]], epoch: 9)
        } throws: { ($0 as? DeltaError)?.diagnostic.message.contains("constraint positive") ?? false }
        // Joining files adds no rows.
        _ = try Compaction.optimize(table)
    }
}
