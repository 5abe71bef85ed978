import Columnar
import DeltaLake
import Foundation
import Storage
import TestKit
import Testing

/// The power goes at every operation on the disk in turn; what is run again gives the same tables.
@Suite struct CrashTests {
    static let schema = Schema([
        Field("window", .timestamp), Field("key", .string), Field("value", .bigint),
    ])
    static let epochs = 12

    /// The rows of an epoch, the same each time it is run.
    static func rows(_ epoch: Int) -> [[Value]] {
        var random = SeededGenerator(seed: UInt64(epoch))
        return (0..<12).map { _ in
            [
                .timestamp(Int64(epoch / 3) * 60_000), .string("k\(Int.random(in: 0..<9, using: &random))"),
                .bigint(Int64.random(in: 0..<1000, using: &random)),
            ]
        }
    }

    /// Runs epochs from the first that is not in the table's log, as after a restart.
    static func run(_ fileSystem: SimulatedFileSystem, world: TestWorld, isUpsert: Bool) throws {
        let table = try DeltaTable.openOrCreate(
            LocalObjectStore("/lake/t", in: fileSystem),
            TableDefinition(schema: schema, properties: ["delta.checkpointInterval": "3"]),
            environment: world.environment)
        let identity = SinkIdentity(instance: "i", sink: "s")
        if isUpsert {
            let writer = try UpsertWriter(
                table, schema: schema, key: ["window", "key"], window: "window", identity: identity,
                options: UpsertOptions(fileRows: 16, smallFileRows: 6, smallFileLimit: 3))
            for epoch in 1...epochs {
                // Epochs in the log are run again here too: they must change nothing.
                let outcome = try writer.commit(
                    epoch: Int64(epoch), upserts: [Lake.batch(schema, rows(epoch))],
                    sealBefore: Int64(epoch / 3 - 1) * 60_000)
                if let failure = outcome?.checkpointFailure { throw failure }
            }
        } else {
            let writer = try AppendWriter(table, schema: schema, identity: identity)
            for epoch in 1...epochs where (writer.lastCommitted ?? 0) < epoch {
                let files = try writer.encode([Lake.batch(schema, rows(epoch))], epoch: Int64(epoch))
                let outcome = try writer.commit(epoch: Int64(epoch), files: files)
                if let failure = outcome?.checkpointFailure { throw failure }
                if epoch % 4 == 0 { try Compaction(table, fileCount: 3).runIfDue() }
            }
        }
    }

    static func contents(_ fileSystem: SimulatedFileSystem) throws -> [String] {
        let table = try DeltaTable.open(LocalObjectStore("/lake/t", in: fileSystem))
        return CanonicalRows.texts(try table.readAll(table.snapshot))
    }

    @Test(arguments: [false, true]) func aPowerLossAtAnyOperationLosesNothingAndDoublesNothing(
        isUpsert: Bool
    ) throws {
        let whole = SimulatedFileSystem()
        try Self.run(whole, world: TestWorld(), isUpsert: isUpsert)
        let expected = try Self.contents(whole)
        let total = whole.operationCount
        #expect(total > 100)
        var crashes = 0
        for operation in 1...total {
            let first = SimulatedFileSystem()
            first.crashAt(operation)
            do {
                try Self.run(first, world: TestWorld(), isUpsert: isUpsert)
            } catch {
                crashes += 1
            }
            let second = first.crash(seed: UInt64(operation))
            // And once more, somewhere on the way.
            second.crashAt(1 + operation * 7 % 60)
            try? Self.run(second, world: TestWorld(seed: 2), isUpsert: isUpsert)
            let third = second.crash(seed: UInt64(operation) + 1)
            try Self.run(third, world: TestWorld(seed: 3), isUpsert: isUpsert)
            #expect(difference(try Self.contents(third), expected) == nil, "operation \(operation)")
        }
        #expect(crashes > total / 2)
    }

    @Test(arguments: [false, true]) func aFullDiskIsToldAndTheEpochGoesThroughLater(isUpsert: Bool) throws {
        let whole = SimulatedFileSystem()
        try Self.run(whole, world: TestWorld(), isUpsert: isUpsert)
        let fileSystem = SimulatedFileSystem()
        fileSystem.limitCapacity(whole.usedBytes / 3)
        #expect {
            try Self.run(fileSystem, world: TestWorld(), isUpsert: isUpsert)
        } throws: { error in
            if case .unavailable(let diagnostic)? = error as? DeltaError {
                diagnostic.message.contains("space")
            } else {
                false
            }
        }
        fileSystem.limitCapacity(nil)
        try Self.run(fileSystem, world: TestWorld(seed: 5), isUpsert: isUpsert)
        #expect(difference(try Self.contents(fileSystem), try Self.contents(whole)) == nil)
    }

    @Test(arguments: [false, true]) func aWriteWhoseAnswerIsLostIsNotDoneTwice(isUpsert: Bool) throws {
        let whole = SimulatedFileSystem()
        try Self.run(whole, world: TestWorld(), isUpsert: isUpsert)
        let expected = try Self.contents(whole)
        for operation in stride(from: 5, to: whole.operationCount, by: 3) {
            let fileSystem = SimulatedFileSystem()
            fileSystem.failAt(operation, .unavailable(path: "disk", reason: "input/output error"))
            // The failing epoch throws, or the checkpoint's failure is told; running on goes through.
            try? Self.run(fileSystem, world: TestWorld(), isUpsert: isUpsert)
            try Self.run(fileSystem, world: TestWorld(seed: 2), isUpsert: isUpsert)
            #expect(difference(try Self.contents(fileSystem), expected) == nil, "operation \(operation)")
        }
    }
}
