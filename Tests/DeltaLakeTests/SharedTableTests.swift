import Columnar
import Foundation
import Storage
import Synchronization
import TestKit
import Testing

@testable import DeltaLake

/// Tasks of one service that keep one table with keys, each its own keys.
@Suite struct SharedTableTests {
    private static let schema = Schema([Field("k", .bigint), Field("v", .bigint)])
    private static let keys = Schema([Field("k", .bigint)])
    private static let tasks = 3
    private static let isFull = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"

    private static func identity(_ task: Int) -> SinkIdentity {
        SinkIdentity(instance: "0123456789abcdef-\(task)", sink: "totals")
    }

    private static func writer(_ table: DeltaTable, _ task: Int) throws -> UpsertWriter {
        var options = UpsertOptions()
        options.smallFileLimit = 4
        let writer = try UpsertWriter(
            table, schema: schema, key: ["k"], identity: identity(task), options: options)
        return writer
    }

    private static func table(_ lake: Lake) throws -> DeltaTable {
        try DeltaTable.openOrCreate(lake.store, TableDefinition(schema: schema))
    }

    private static func rows(_ lake: Lake) throws -> [Int64: [Int64]] {
        let table = try DeltaTable.open(lake.store)
        var found: [Int64: [Int64]] = [:]
        for batch in try table.readAll(table.snapshot) {
            for row in 0..<batch.count {
                guard case .bigint(let key) = batch.columns[0].value(at: row),
                    case .bigint(let value) = batch.columns[1].value(at: row)
                else { continue }
                found[key, default: []].append(value)
            }
        }
        return found
    }

    /// As a sink does it: where all have changed one file, one of them may have to wait.
    private static func commit(
        _ writer: UpsertWriter, _ epoch: Int64, _ upserts: [Batch], _ deletes: [Batch]
    ) throws -> CommitOutcome? {
        for _ in 0..<100 {
            do {
                return try writer.commit(epoch: epoch, upserts: upserts, deletes: deletes)
            } catch DeltaError.conflict {
                usleep(useconds_t.random(in: 0..<20_000))
            }
        }
        return try writer.commit(epoch: epoch, upserts: upserts, deletes: deletes)
    }

    /// Some epochs of one task, with its table opened anew now and then.
    private static func work(
        _ lake: Lake, _ task: Int, epochs: ClosedRange<Int64>, _ model: inout [Int64: Int64],
        _ random: inout SeededGenerator
    ) throws {
        var writer = try writer(try table(lake), task)
        for epoch in epochs {
            if Int.random(in: 0..<8, using: &random) == 0 {
                writer = try Self.writer(try table(lake), task)
                try writer.verify(expectedEpoch: writer.lastCommitted, openEpoch: epoch)
            }
            var upserts: [[Value]] = []
            var deletes: [[Value]] = []
            var changed: Set<Int64> = []
            for _ in 0..<Int.random(in: 1..<30, using: &random) {
                let key = Int64.random(in: 0..<200, using: &random) * Int64(tasks) + Int64(task)
                guard changed.insert(key).inserted else { continue }
                if Int.random(in: 0..<6, using: &random) == 0 {
                    deletes.append([.bigint(key)])
                    model[key] = nil
                } else {
                    let value = Int64.random(in: 0..<1000, using: &random)
                    upserts.append([.bigint(key), .bigint(value)])
                    model[key] = value
                }
            }
            let outcome = try commit(
                writer, epoch, [Lake.batch(schema, upserts)], [Lake.batch(keys, deletes)])
            // A second time it is known.
            if Int.random(in: 0..<10, using: &random) == 0, outcome != nil {
                let again = try writer.commit(epoch: epoch, upserts: [Lake.batch(schema, upserts)])
                #expect(again?.isRepeated == true)
            }
        }
    }

    @Test(arguments: 0..<(isFull ? 40 : 2)) func eachKeyHasItsTasksLastRow(seed: Int) throws {
        let lake = Lake()
        defer { lake.remove() }
        _ = try Self.table(lake)
        var models = [[Int64: Int64]](repeating: [:], count: Self.tasks)
        for round in 0..<3 {
            let results = Mutex<[Int: Result<[Int64: Int64], any Error>]>([:])
            let before = models
            DispatchQueue.concurrentPerform(iterations: Self.tasks) { task in
                let result = Result {
                    var random = SeededGenerator(seed: UInt64(seed * 100 + round * 10 + task))
                    var model = before[task]
                    let first = Int64(round * 12 + 1)
                    try Self.work(lake, task, epochs: first...first + 11, &model, &random)
                    return model
                }
                results.withLock { $0[task] = result }
            }
            for task in 0..<Self.tasks { models[task] = try #require(results.withLock { $0[task] }).get() }
            let expected = models.reduce(into: [:]) { $0.merge($1) { $1 } }.mapValues { [$0] }
            #expect(try Self.rows(lake) == expected, "seed \(seed), round \(round)")
            // Files of all tasks in one, which is nobody's own then.
            if round < 2 { _ = try Compaction.optimize(try Self.table(lake)) }
        }
        let owners = try Self.table(lake).snapshot.liveFiles.map(\.owner)
        #expect(owners.contains { $0 != nil }, "seed \(seed): \(owners)")
    }

    @Test func commitsOfTasksStandBesideEachOther() throws {
        let lake = Lake()
        defer { lake.remove() }
        _ = try Self.table(lake)
        let writers = try (0..<2).map { try Self.writer(try Self.table(lake), $0) }
        for epoch in Int64(1)...15 {
            for (task, writer) in writers.enumerated() {
                // Neither has seen what the other has just done.
                let outcome = try writer.commit(
                    epoch: epoch,
                    upserts: [Lake.batch(Self.schema, [[.bigint(Int64(task)), .bigint(epoch)]])])
                #expect(outcome?.isRepeated == false)
            }
        }
        #expect(try Self.rows(lake) == [0: [15], 1: [15]])
        // None was made twice: no file is in the folder that no version had.
        let table = try Self.table(lake)
        #expect(table.snapshot.version == 30)
        let files = try FileManager.default.contentsOfDirectory(atPath: lake.path)
            .filter { $0.hasSuffix(".parquet") }
        #expect(files.count == 30)
        let checkpoints = try FileManager.default.contentsOfDirectory(atPath: lake.path + "/_delta_log")
            .filter { $0.contains(".checkpoint") }
        #expect(checkpoints.count == 3, "one for every ten versions, whoever comes to it")
        #expect(Set(table.snapshot.liveFiles.map(\.owner)) == Set((0..<2).map { Self.identity($0).instance }))
    }

    @Test func anotherServiceAndAnotherSinkAreRefused() throws {
        let lake = Lake()
        defer { lake.remove() }
        let writer = try Self.writer(try Self.table(lake), 0)
        _ = try writer.commit(
            epoch: 1, upserts: [Lake.batch(Self.schema, [[.bigint(1), .bigint(1)]])])
        try Self.identity(1).verify(writer.table, expectedEpoch: nil, openEpoch: 1)
        for other in ["0123456789abcdef", "0123456789abcdee-1", "0123456789abcdef-x", "0123456789abcdef-"] {
            #expect(throws: DeltaError.self) {
                try SinkIdentity(instance: other, sink: "totals")
                    .verify(writer.table, expectedEpoch: nil, openEpoch: 1)
            }
        }
    }
}
