import Columnar
import DeltaLake
import Foundation
import Storage
import TestKit
import Testing

/// Broken logs give errors, never a crash.
@Suite struct LogFuzzTests {
    static let schema = Schema([
        Field("id", .bigint), Field("day", .date), Field("nested", .structure([Field("a", .array(.string))])),
    ])

    static func makeTable(_ store: any ObjectStore) throws {
        let table = try DeltaTable.openOrCreate(
            store,
            TableDefinition(
                schema: schema, partitionColumns: ["day"], properties: ["delta.checkpointInterval": "4"]))
        let writer = try AppendWriter(table, schema: schema, identity: SinkIdentity(instance: "i", sink: "s"))
        for epoch in 1...6 {
            let row: [Value] = [
                .bigint(Int64(epoch)), .date(Int32(epoch)), .structure([.array([.string("x")])]),
            ]
            let files = try writer.encode([Lake.batch(schema, [row])], epoch: Int64(epoch))
            _ = try writer.commit(epoch: Int64(epoch), files: files)
        }
    }

    @Test(arguments: 0..<4) func aLogWithChangedBytesIsReadOrRefused(seed: Int) throws {
        let fileSystem = SimulatedFileSystem()
        let store = LocalObjectStore("/t", in: fileSystem)
        try Self.makeTable(store)
        var originals: [String: [UInt8]] = [:]
        for object in try store.list(prefix: "_delta_log/", after: nil) {
            originals[object.name] = try store.get(object.name)
        }
        var random = SeededGenerator(seed: UInt64(seed))
        let names = originals.keys.sorted()
        var refusals = 0
        for _ in 0..<400 {
            let name = names[Int.random(in: 0..<names.count, using: &random)]
            let bytes = Self.broken(originals[name] ?? [], &random)
            try bytes.withUnsafeBytes { try store.put(name, $0) }
            do throws(DeltaError) {
                let table = try DeltaTable.open(store)
                _ = try table.readAll(table.snapshot)
                _ = try table.history()
                _ = try table.snapshot(at: 3)
            } catch {
                refusals += 1
                #expect(!error.diagnostic.message.isEmpty)
            }
            try (originals[name] ?? []).withUnsafeBytes { try store.put(name, $0) }
        }
        #expect(refusals > 50)
    }

    static func broken(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        let pieces = [
            "null", "-1", "99999999999999999999", "\"", "{", "[]", "\\u0000", "1e400", "%ZZ", "true", "\n",
            "\u{FF}",
        ]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        case 1:
            for _ in 0..<3 where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
        case 2:
            let place = Int.random(in: 0...bytes.count, using: &random)
            bytes.insert(
                contentsOf: Array(pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8), at: place)
        default:
            // A value in place of another: the shape that parsers take for granted.
            guard let colon = bytes.indices.filter({ bytes[$0] == 0x3A }).randomElement(using: &random) else {
                break
            }
            let end = bytes[(colon + 1)...].firstIndex { $0 == 0x2C || $0 == 0x7D } ?? bytes.endIndex
            bytes.replaceSubrange(
                (colon + 1)..<end, with: Array(pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8))
        }
        return bytes
    }

    @Test func aMissingVersionAndAMissingTableAreTold() throws {
        let fileSystem = SimulatedFileSystem()
        let store = LocalObjectStore("/t", in: fileSystem)
        #expect {
            try DeltaTable.open(store)
        } throws: { error in
            if case .missing? = error as? DeltaError { true } else { false }
        }
        try Self.makeTable(store)
        let table = try DeltaTable.open(store)
        #expect {
            try table.snapshot(at: 99)
        } throws: { ($0 as? DeltaError)?.diagnostic.expected == "a version from 0 to 6" }
        try store.delete("_delta_log/00000000000000000005.json")
        #expect {
            try DeltaTable.open(store)
        } throws: { ($0 as? DeltaError)?.diagnostic.message.contains("lacks version 5") == true }
        // Up to the checkpoint all is there.
        #expect(try table.snapshot(at: 4).fileCount == 4)
    }

    @Test func timeTravelTakesTheLastVersionOfThenOrBefore() throws {
        let lake = Lake()
        defer { lake.remove() }
        try Self.makeTable(lake.store)
        for version in 0...6 {
            let path = lake.path + "/_delta_log/0000000000000000000\(version).json"
            let time = Date(timeIntervalSince1970: 1_790_000_000 + Double(version) * 60)
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
        }
        let table = try DeltaTable.open(lake.store)
        let start: Int64 = 1_790_000_000_000
        #expect(try table.snapshot(atTime: start).version == 0)
        #expect(try table.snapshot(atTime: start + 119_999).version == 1)
        #expect(try table.snapshot(atTime: start + 120_000).version == 2)
        #expect(try table.snapshot(atTime: start + 9_000_000).version == 6)
        #expect(throws: DeltaError.self) { try table.snapshot(atTime: start - 1) }
    }

    @Test func columnsThatDoNotFitAreNamedWithWhatToDo() throws {
        let store = LocalObjectStore("/t", in: SimulatedFileSystem())
        try Self.makeTable(store)
        let table = try DeltaTable.open(store)
        let identity = SinkIdentity(instance: "i", sink: "s")
        func diagnostic(_ fields: [Field]) -> String {
            do throws(DeltaError) {
                _ = try AppendWriter(table, schema: Schema(fields), identity: identity)
                return ""
            } catch {
                return error.diagnostic.oneLine
            }
        }
        #expect(diagnostic([Field("ID", .bigint), Field("Day", .date)]).isEmpty)
        #expect(
            diagnostic([Field("id", .string)])
                == "column id is STRING, but long in the table at /t; expected: BIGINT; "
                + "next: CAST the column to the table's type, or write to another path")
        #expect(
            diagnostic([Field("idd", .bigint)])
                == "column idd BIGINT does not exist in the table at /t; expected: one of id, day, nested; "
                + "next: did you mean id? leave the column out, rename it with AS, or write to another path")
        #expect(throws: DeltaError.self) {
            try DeltaTable.openOrCreate(store, TableDefinition(schema: Self.schema, partitionColumns: ["id"]))
        }
        #expect(throws: DeltaError.self) {
            try DeltaTable.openOrCreate(
                LocalObjectStore("/u", in: SimulatedFileSystem()),
                TableDefinition(schema: Schema([Field("a", .string), Field("A", .string)])))
        }
    }
}
