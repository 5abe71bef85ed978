import Columnar
import Foundation
import Storage
import TestKit
import Testing

@testable import DeltaLake

@Suite struct DeletionVectorTests {
    /// Serialises rows as the protocol has it, each container in a form chosen by chance.
    static func serialised(_ rows: Set<Int64>, using random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ value: Int, _ width: Int) {
            for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
        }
        add(1_681_511_377, 4)
        let maps = Dictionary(grouping: rows.sorted()) { $0 >> 32 }.sorted { $0.key < $1.key }
        add(maps.count, 8)
        for (upper, rows) in maps {
            add(Int(upper), 4)
            let containers = Dictionary(grouping: rows.map { Int($0 & 0xFFFF_FFFF) }) { $0 >> 16 }
                .sorted { $0.key < $1.key }
            let isRun = containers.map { _ in Bool.random(using: &random) }
            let hasRuns = isRun.contains(true)
            if hasRuns {
                add((containers.count - 1) << 16 | 12_347, 4)
                for start in stride(from: 0, to: containers.count, by: 8) {
                    add(
                        (start..<min(start + 8, containers.count)).reduce(0) {
                            $0 | (isRun[$1] ? 1 << ($1 - start) : 0)
                        }, 1)
                }
            } else {
                add(12_346, 4)
                add(containers.count, 4)
            }
            for (key, values) in containers {
                add(key, 2)
                add(values.count - 1, 2)
            }
            if !hasRuns || containers.count >= 4 { for _ in containers { add(0, 4) } }
            for (index, (_, values)) in containers.enumerated() {
                let lower = values.map { $0 & 0xFFFF }
                if isRun[index] {
                    var runs: [(Int, Int)] = []
                    for value in lower {
                        if let last = runs.last, last.0 + last.1 + 1 == value {
                            runs[runs.count - 1].1 += 1
                        } else {
                            runs.append((value, 0))
                        }
                    }
                    add(runs.count, 2)
                    for (start, more) in runs {
                        add(start, 2)
                        add(more, 2)
                    }
                } else if lower.count <= 4096 {
                    for value in lower { add(value, 2) }
                } else {
                    var words = [UInt64](repeating: 0, count: 1024)
                    for value in lower { words[value / 64] |= 1 << UInt64(value % 64) }
                    for word in words { add(Int(bitPattern: UInt(word)), 8) }
                }
            }
        }
        return bytes
    }

    static func rows(using random: inout SeededGenerator) -> Set<Int64> {
        var rows: Set<Int64> = []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let spread = [10, 100, 1000, 9000].randomElement(using: &random) ?? 100
            let start =
                Int64.random(in: 0..<200_000, using: &random)
                + (Int.random(in: 0..<8, using: &random) == 0 ? 1 << 32 : 0)
            let density = Int.random(in: 1...10, using: &random)
            for row in 0..<spread where Int.random(in: 0..<10, using: &random) < density {
                rows.insert(start + Int64(row))
            }
        }
        return rows
    }

    @Test(arguments: 0..<12) func rowsAreReadInEveryFormOfContainer(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let rows = Self.rows(using: &random)
        let deleted = try #require(
            DeletedRows(Self.serialised(rows, using: &random)), "seed \(seed)")
        #expect(deleted.count == Int64(rows.count), "seed \(seed)")
        for _ in 0..<20 {
            let first = Int64.random(in: 0..<220_000, using: &random)
            let count = Int.random(in: 0...2000, using: &random)
            let expected = (0..<count).filter { !rows.contains(first + Int64($0)) }
            let found = deleted.remaining(from: first, count: count)
            let kept = found.map { found in (0..<found.count).map { Int(found.rows[$0]) } }
            #expect((kept ?? Array(0..<count)) == expected, "seed \(seed)")
            #expect((found == nil) == (expected.count == count), "seed \(seed)")
        }
    }

    @Test(arguments: 0..<40) func hostileBytesAreRefusedAndTakeNoMemory(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var bytes = Self.serialised(Self.rows(using: &random), using: &random)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            case 1: bytes.removeLast(Int.random(in: 0..<min(bytes.count, 200), using: &random))
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: bytes.count / 2)
            }
            if bytes.isEmpty { bytes = [0] }
        }
        if let rows = DeletedRows(bytes) { #expect(rows.runs.count <= bytes.count * 8) }
    }

    @Test func anInlineVectorIsRead() throws {
        let descriptor = try #require(
            DeletionVector([
                "storageType": "i",
                "pathOrInlineDv": "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",
                "sizeInBytes": 44, "cardinality": 6,
            ]))
        let store = LocalObjectStore("/t", in: SimulatedFileSystem())
        let rows = try descriptor.rows(in: store)
        #expect(rows.runs == [3..<5, 7..<8, 11..<12, 18..<19, 29..<30])
    }

    @Test func aVectorBesideTheDataHasTheNameThatTheLogMeans() throws {
        let descriptor = try #require(
            DeletionVector([
                "storageType": "u", "pathOrInlineDv": "ab^-aqEH.-t@S}K{vb[*k^", "offset": 4,
                "sizeInBytes": 40, "cardinality": 6,
            ]))
        #expect(
            descriptor.place
                == .file(path: "ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin", offset: 4))
    }

    @Test func aChangedVectorIsFoundOut() throws {
        let rows: [UInt8] = Self.bytes([1, 2])
        let store = LocalObjectStore("/t", in: SimulatedFileSystem())
        let size = UInt32(rows.count).bigEndian
        let sum = Checksum.crc32(rows).bigEndian
        var file = [UInt8(1)] + withUnsafeBytes(of: size) { Array($0) } + rows
        file += withUnsafeBytes(of: sum) { Array($0) }
        try file.withUnsafeBytes { try store.put("vectors/a b.bin", $0) }
        let descriptor = try #require(
            DeletionVector([
                "storageType": "p", "pathOrInlineDv": "file:///t/vectors/a%20b.bin", "offset": 1,
                "sizeInBytes": .number(rows.count), "cardinality": 2,
            ]))
        #expect(try descriptor.rows(in: store).runs == [1..<3])
        file[rows.count - 2] ^= 1
        try file.withUnsafeBytes { try store.put("vectors/a b.bin", $0) }
        #expect(throws: DeltaError.self) { try descriptor.rows(in: store) }
        let elsewhere = try #require(
            DeletionVector([
                "storageType": "p", "pathOrInlineDv": "file:///other/a.bin", "offset": 1,
                "sizeInBytes": .number(rows.count), "cardinality": 2,
            ]))
        #expect {
            try elsewhere.rows(in: store)
        } throws: { ($0 as? DeltaError)?.diagnostic.message.contains("outside") ?? false }
    }

    static func bytes(_ rows: Set<Int64>) -> [UInt8] {
        var random = SeededGenerator(seed: 1)
        return serialised(rows, using: &random)
    }
}
