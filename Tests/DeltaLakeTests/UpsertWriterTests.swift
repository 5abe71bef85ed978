import Columnar
import DeltaLake
import Foundation
import Storage
import TestKit
import Testing

@Suite struct UpsertWriterTests {
    static let schema = Schema([
        Field("window_start", .timestamp), Field("window_end", .timestamp), Field("product", .string),
        Field("region", .string), Field("revenue", .decimal(precision: 18, scale: 2)),
        Field("units", .bigint),
    ])
    static let keySchema = Schema([
        Field("product", .string), Field("window_start", .timestamp), Field("region", .string),
    ])
    static let width: Int64 = 300_000

    struct Key: Hashable {
        let window: Int64
        let product: String
        let region: String?
    }

    static func row(_ key: Key, _ value: Int64) -> [Value] {
        [
            .timestamp(key.window), .timestamp(key.window + width), .string(key.product),
            key.region.map { .string($0) } ?? .null, .decimal(Int128(value), scale: 2), .bigint(value),
        ]
    }

    struct Plan {
        var partitioned = false
        var sealing = true
        var reopening = true
    }

    /// An epoch's changes, made to the model too.
    static func changes(
        _ now: Int64, _ model: inout [Key: Int64], _ random: inout SeededGenerator
    ) -> (upserts: [[Value]], deletes: [[Value]]) {
        var upserts: [[Value]] = []
        var deletes: [[Value]] = []
        var changed: Set<Key> = []
        for _ in 0..<Int.random(in: 0..<60, using: &random) {
            // Mostly open windows, rarely one that is long closed.
            let isLate = Int.random(in: 0..<40, using: &random) == 0
            let age = Int64.random(in: 0..<(isLate ? 40 : 3), using: &random)
            let key = Key(
                window: max(1_795_000_000_000, now - age * width) / width * width,
                product: "p\(Int.random(in: 0..<40, using: &random))",
                region: [nil, "north", "a/b c", "süd"][Int.random(in: 0..<4, using: &random)])
            if Int.random(in: 0..<6, using: &random) == 0 {
                if changed.contains(key) { continue }
                deletes.append([
                    .string(key.product), .timestamp(key.window), key.region.map { .string($0) } ?? .null,
                ])
                model[key] = nil
            } else {
                let value = Int64.random(in: 0..<1_000_000, using: &random)
                upserts.append(row(key, value))
                model[key] = value
            }
            changed.insert(key)
        }
        return (upserts, deletes)
    }

    /// Runs epochs from a seed against a dictionary; returns the rows expected at each version.
    static func run(
        seed: Int, epochs: Int, plan: Plan, store: any ObjectStore, between: (Int) throws -> Void = { _ in }
    ) throws -> [Int64: [String]] {
        var random = SeededGenerator(seed: UInt64(seed))
        let world = TestWorld(seed: UInt64(seed))
        let definition = TableDefinition(schema: schema, partitionColumns: plan.partitioned ? ["region"] : [])
        let options = UpsertOptions(fileRows: 64, smallFileRows: 16, smallFileLimit: 4)
        let identity = SinkIdentity(instance: "i", sink: "revenue")
        func open() throws -> UpsertWriter {
            try UpsertWriter(
                DeltaTable.openOrCreate(store, definition, environment: world.environment), schema: schema,
                key: ["window_start", "product", "region"], window: "window_end", identity: identity,
                options: options)
        }
        var writer = try open()
        var model: [Key: Int64] = [:]
        var expected: [Int64: [String]] = [:]
        for epoch in 1...epochs {
            let now = 1_795_000_000_000 + Int64(epoch) * 60_000
            let (upserts, deletes) = changes(now, &model, &random)
            let cut = Int.random(in: 0...upserts.count, using: &random)
            let batches = [Array(upserts[..<cut]), Array(upserts[cut...])].map { Lake.batch(schema, $0) }
            let boundary = plan.sealing ? now - 2 * width : nil
            let outcome = try writer.commit(
                epoch: Int64(epoch), upserts: batches, deletes: [Lake.batch(keySchema, deletes)],
                sealBefore: boundary)
            if let outcome {
                let snapshot = writer.table.snapshot
                #expect(writer.table.rowCount(snapshot) == model.count, "seed \(seed) epoch \(epoch)")
                if epoch % 5 == 0 || epoch == epochs {
                    let rows = AppendWriterTests.expected(model.map { row($0.key, $0.value) }, schema)
                    let found = CanonicalRows.texts(try writer.table.readAll(snapshot))
                    #expect(difference(found, rows) == nil, "seed \(seed) epoch \(epoch)")
                    expected[outcome.version] = rows
                }
                let again = try writer.commit(epoch: Int64(epoch), upserts: batches)
                #expect(again?.isRepeated == true)
            }
            try between(epoch)
            if plan.reopening, Int.random(in: 0..<10, using: &random) == 0 { writer = try open() }
        }
        let snapshot = try writer.table.refresh()
        let live = writer.table.liveFiles(snapshot)
        #expect(live.allSatisfy { ($0.rowCount ?? .max) <= 64 }, "seed \(seed)")
        let partitions = plan.partitioned ? 4 : 1
        // Small files merge when four gather, open and sealed apart; the others hold at least sixteen rows.
        #expect(
            live.count <= partitions * (2 * 4 + 4) + model.count / 16 + 4, "seed \(seed): \(live.count) files"
        )
        if plan.sealing {
            #expect(writer.keyMapSize.keys <= model.count + 9000)
        }
        return expected
    }

    @Test(arguments: 0..<16) func changesOverManyEpochsGiveTheRowsOfADictionary(seed: Int) throws {
        let store = LocalObjectStore("/lake/table", in: SimulatedFileSystem())
        let plan = Plan(partitioned: seed % 3 == 0, sealing: seed % 4 != 1, reopening: seed % 2 == 0)
        _ = try Self.run(seed: seed, epochs: 60, plan: plan, store: store)
    }

    @Test(.enabled(if: PythonOracle.isAvailable, "run scripts/setup first"), arguments: [100, 103])
    func everyVersionIsReadAlikeByOthers(seed: Int) throws {
        let lake = Lake()
        defer { lake.remove() }
        let expected = try Self.run(
            seed: seed, epochs: 25, plan: Plan(partitioned: seed == 103), store: lake.store)
        for (version, rows) in expected {
            let read = try PythonOracle.shared.rows(engine: "delta-rs", lake.path, version: version)
            #expect(difference(read, rows) == nil, "version \(version)")
        }
        let last = try #require(expected.max { $0.key < $1.key })
        #expect(difference(try PythonOracle.shared.rows(engine: "chdb", lake.path), last.value) == nil)
    }

    @Test(.enabled(if: PythonOracle.isAvailable, "run scripts/setup first"))
    func filesThatOthersCompactAreFollowed() throws {
        let lake = Lake()
        defer { lake.remove() }
        _ = try Self.run(
            seed: 200, epochs: 30, plan: Plan(sealing: false), store: lake.store,
            between: { epoch in if epoch % 7 == 0 { try PythonOracle.shared.optimize(lake.path) } })
    }

    @Test func keysThatAreNullOrTimesKeepTheirRowOverAReopening() throws {
        let lake = Lake()
        defer { lake.remove() }
        let schema = Schema([
            Field("id", .time), Field("word", .string), Field("ratio", .double), Field("count", .bigint),
        ])
        for epoch in 1...4 {
            let table = try DeltaTable.openOrCreate(
                lake.store, TableDefinition(schema: schema, partitionColumns: ["word"]))
            let writer = try UpsertWriter(
                table, schema: schema, key: ["id", "word", "ratio"],
                identity: SinkIdentity(instance: "i", sink: "s"))
            let count = Value.bigint(Int64(epoch))
            _ = try writer.commit(
                epoch: Int64(epoch),
                upserts: [
                    Lake.batch(
                        schema,
                        [
                            [.time(45_000_120), .string("a"), .double(0.5), count],
                            [.null, .string(""), .double(-0.0), count],
                            [.time(0), .null, .double(.nan), count],
                        ])
                ])
            #expect(table.rowCount(table.snapshot) == 3)
        }
    }

    @Test func anUnknownKeyAndAWindowThatIsNoTimeAreRefused() throws {
        let lake = Lake()
        defer { lake.remove() }
        let table = try DeltaTable.openOrCreate(lake.store, TableDefinition(schema: Self.schema))
        let identity = SinkIdentity(instance: "i", sink: "s")
        #expect {
            try UpsertWriter(table, schema: Self.schema, key: ["prodct"], identity: identity)
        } throws: { ($0 as? DeltaError)?.diagnostic.hint == "did you mean product?" }
        #expect(throws: DeltaError.self) {
            try UpsertWriter(
                table, schema: Self.schema, key: ["product"], window: "units", identity: identity)
        }
    }
}
