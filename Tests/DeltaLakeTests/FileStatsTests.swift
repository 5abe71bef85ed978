import Columnar
import DeltaLake
import Foundation
import Storage
import TestKit
import Testing

@Suite struct FileStatsTests {
    static let schema = Schema([
        Field("word", .string), Field("number", .bigint), Field("money", .decimal(precision: 12, scale: 2)),
        Field("moment", .timestamp), Field("real", .double),
        Field("nested", .structure([Field("word", .string), Field("list", .array(.integer))])),
    ])

    static func word(_ random: inout SeededGenerator) -> String {
        let letters: [Unicode.Scalar] = ["a", "b", "ż", "🐢", "\u{10FFFF}", "\u{7F}", "\"", "\\"]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<80, using: &random) {
            let isLast = Int.random(in: 0..<3, using: &random) == 0
            text.append(letters[isLast ? 4 : Int.random(in: 0..<letters.count, using: &random)])
        }
        return String(text)
    }

    static func stats(_ store: any ObjectStore) throws -> [String: Any] {
        let commit = try store.get("_delta_log/00000000000000000001.json")
        for line in commit.split(separator: 0x0A) {
            let action = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            guard let add = action?["add"] as? [String: Any], let text = add["stats"] as? String else {
                continue
            }
            return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        }
        return [:]
    }

    @Test(arguments: 0..<20) func boundsHoldForEveryRowThoughTextIsCut(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let store = LocalObjectStore("/t", in: SimulatedFileSystem())
        let table = try DeltaTable.openOrCreate(store, TableDefinition(schema: Self.schema))
        let writer = try AppendWriter(
            table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s"))
        var words: [[UInt8]] = []
        var nulls = 0
        let rows = (0..<20).map { number -> [Value] in
            let text = Self.word(&random)
            let isNull = number > 0 && Int.random(in: 0..<4, using: &random) == 0
            if isNull { nulls += 1 } else { words.append(Array(text.utf8)) }
            return [
                isNull ? .null : .string(text), .bigint(Int64(number)),
                .decimal(Int128(number) * -125, scale: 2),
                .timestamp(1_795_000_000_123), .double(Double(number) / 2),
                .structure([.string("x"), .array([.integer(1)])]),
            ]
        }
        let files = try writer.encode([Lake.batch(Self.schema, rows)], epoch: 1)
        _ = try writer.commit(epoch: 1, files: files)
        let stats = try Self.stats(store)
        let low = try #require(stats["minValues"] as? [String: Any])
        let high = try #require(stats["maxValues"] as? [String: Any])
        #expect(stats["numRecords"] as? Int == 20)
        #expect((stats["nullCount"] as? [String: Any])?["word"] as? Int == nulls)
        #expect(low["number"] as? Int == 0 && high["number"] as? Int == 19)
        #expect(low["money"] as? Double == -23.75 && high["money"] as? Double == 0)
        #expect(low["moment"] as? String == "2026-11-18T11:06:40.123Z")
        #expect((low["nested"] as? [String: Any])?["word"] as? String == "x")
        let minimum = try #require(low["word"] as? String)
        let maximum = try #require(high["word"] as? String)
        #expect(minimum.unicodeScalars.count <= 32)
        for word in words {
            #expect(!word.lexicographicallyPrecedes(Array(minimum.utf8)), "seed \(seed)")
            #expect(!Array(maximum.utf8).lexicographicallyPrecedes(word), "seed \(seed)")
        }
    }
}
