import CChecksum
import TestKit
import Testing

@testable import Broker

@Suite struct RecordBatchTests {
    @Test func `the CRC is Castagnoli's, with and without the instruction`() {
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
        var random = SeededGenerator(seed: 1)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8(random.below(256)) }
            let portable = bytes.withUnsafeBytes { millrace_crc32c_portable(0, $0.baseAddress, $0.count) }
            #expect(CRC32C.checksum(bytes) == portable)
        }
    }

    @Test(arguments: Compression.allCases)
    func `what is packed comes out again`(_ compression: Compression) throws {
        for seed in 0..<40 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let records = (0...random.below(300)).map { _ in SampleRecord.random(&random, valueBytes: 500) }
            let batch = try sampleBatch(records, compression)
            #expect(try sampleRecords(in: batch).map(\.record) == records, "seed \(seed)")
        }
    }

    @Test func `bare snappy blocks are read as framed ones are`() throws {
        let text = Array(String(repeating: "a record of some length, ", count: 4000).utf8)
        let bare = text.withUnsafeBytes { Snappy.packBlock($0) } ?? []
        let unpacked = try bare.withUnsafeBytes {
            try Snappy.unpack($0, limit: 1 << 20).withBytes { Array($0) }
        }
        #expect(unpacked == text)
    }

    @Test(arguments: Compression.allCases)
    func `unpacking stops at its bound`(_ compression: Compression) throws {
        let packed = try compression.pack([UInt8](repeating: 7, count: 1 << 20))
        _ = packed.withUnsafeBytes { bytes in
            #expect(throws: RecordError.tooLarge(limit: 1 << 16)) {
                _ = try compression.unpack(bytes, limit: 1 << 16)
            }
        }
    }

    @Test(arguments: Compression.allCases)
    func `damaged batches are refused, and never crash`(_ compression: Compression) throws {
        for seed in 0..<200 * TestData.effort {
            var random = SeededGenerator(seed: seed)
            let records = (0...random.below(20)).map { _ in SampleRecord.random(&random) }
            var bytes = try sampleBatch(records, compression)
            for _ in 0...random.below(4) {
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
            }
            if random.chance(30) { bytes.removeLast(random.below(bytes.count)) }
            bytes.withUnsafeBytes { bytes in
                // The CRC unchecked, so that what lies behind it meets the damage.
                if let batch = try? RecordBatch(at: bytes, checkingChecksum: false) {
                    try? batch.forEachRecord(limit: 1 << 20) { _ = $0.headers }
                }
                try? MessageSet.forEachMessage(bytes, limit: 1 << 20) { _ in }
            }
        }
    }

    @Test func `a changed byte behind the CRC is found`() throws {
        let bytes = try sampleBatch([SampleRecord(timestamp: 5, key: [1], value: [2])])
        for position in 17..<bytes.count {
            var damaged = bytes
            damaged[position] ^= 0x10
            _ = damaged.withUnsafeBytes { bytes in
                #expect(throws: RecordError.self) { _ = try RecordBatch(at: bytes) }
            }
        }
    }

    @Test func `sequences go on with 0 behind the greatest`() {
        #expect(RecordBatchHeader.sequence(Int32.max, after: 1) == 0)
        #expect(RecordBatchHeader.sequence(Int32.max - 2, after: 5) == 2)
    }
}
