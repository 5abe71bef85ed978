import Testing

@testable import Broker

/// What other clients wrote decodes to what they meant, and encodes to the same bytes.
@Suite(.enabled(if: TestData.isThere, "\(TestData.missing)"))
struct RecordGoldenTests {
    private struct Entry {
        let label: String
        let bytes: [UInt8]
        let decoded: [[String: Any]]
    }

    private func entries(_ kind: String) throws -> [Entry] {
        try TestData.entries("record-batches.json").filter {
            ($0["kind"] as? String)?.hasPrefix(kind) == true
        }
        .map {
            Entry(
                label: $0["label"] as? String ?? "", bytes: TestData.bytes(hex: $0["hex"] as? String ?? ""),
                decoded: $0["decoded"] as? [[String: Any]] ?? [])
        }
    }

    private func text(_ bytes: UnsafeRawBufferPointer?) -> String? { bytes.map { "hex:" + Array($0).hex } }

    @Test func `batches of format 2 decode and encode to the same bytes`() throws {
        var count = 0
        for entry in try entries("record batch") where entry.decoded.first?["magic"] as? Int == 2 {
            let expected = try #require(entry.decoded.first)
            try entry.bytes.withUnsafeBytes { bytes in
                let batch = try RecordBatch(at: bytes, checkingChecksum: false)
                let isWhole = RecordBatch.checksum(of: batch.bytes) == batch.header.checksum
                #expect(isWhole == (expected["crc_ok"] as? Bool), "\(entry.label)")
                #expect(batch.header.baseOffset == expected["base_offset"] as? Int64)
                #expect(batch.header.baseTimestamp == expected["first_timestamp"] as? Int64)
                #expect(batch.header.maxTimestamp == expected["max_timestamp"] as? Int64)
                #expect(batch.header.producerID == expected["producer_id"] as? Int64)
                #expect(batch.header.leaderEpoch == expected["leader_epoch"] as? Int32)
                let records = expected["records"] as? [[String: Any]] ?? []
                var builder = RecordBatchBuilder(
                    baseOffset: batch.header.baseOffset, baseTimestamp: batch.header.baseTimestamp)
                var index = 0
                try batch.forEachRecord { record in
                    let expected = records[index]
                    #expect(record.offset == expected["offset"] as? Int64, "\(entry.label)")
                    #expect(record.timestamp == expected["timestamp"] as? Int64, "\(entry.label)")
                    #expect(text(record.key) == expected["key"] as? String, "\(entry.label)")
                    #expect(text(record.value) == expected["value"] as? String, "\(entry.label)")
                    #expect(record.headers.count == (expected["headers"] as? [Any])?.count)
                    builder.add(record)
                    index += 1
                }
                #expect(index == records.count, "\(entry.label)")
                try expectSameBytes(batch, builder, entry.label)
            }
            count += 1
        }
        #expect(count >= 6)
    }

    /// Packed bytes depend on the library that packed: there the records before packing are compared.
    private func expectSameBytes(
        _ batch: RecordBatch, _ built: RecordBatchBuilder, _ label: String
    ) throws {
        var builder = built
        let (count, max) = (builder.header.recordCount, batch.header.maxTimestamp)
        builder.header = batch.header
        builder.header.recordCount = count
        builder.header.maxTimestamp = max
        builder.lastOffset = batch.header.lastOffset
        let compression = try #require(batch.header.attributes.compression)
        var encoded = try builder.finish()
        let unpacked = try compression.unpack(batch.payload, limit: 1 << 20)
        #expect(Array(encoded[61...]) == unpacked.withBytes { Array($0) }, "\(label)")
        if compression == .none {
            // One vector has a wrong CRC on purpose.
            encoded.replaceSubrange(17..<21, with: Array(batch.bytes[17..<21]))
            #expect(encoded.hex == Array(batch.bytes).hex, "\(label)")
        }
    }

    @Test func `message sets of formats 0 and 1 decode, and come out in format 2`() throws {
        var count = 0
        for entry in try entries("record batch") where (entry.decoded.first?["magic"] as? Int ?? 2) < 2 {
            let expected = entry.decoded.flatMap { $0["records"] as? [[String: Any]] ?? [] }
            try entry.bytes.withUnsafeBytes { bytes in
                var index = 0
                try MessageSet.forEachMessage(bytes) { message in
                    #expect(message.offset == expected[index]["offset"] as? Int64)
                    #expect(text(message.key) == expected[index]["key"] as? String)
                    #expect(text(message.value) == expected[index]["value"] as? String)
                    index += 1
                }
                #expect(index == expected.count)
                let converted = try MessageSet.upConverted(bytes)
                try converted.withUnsafeBytes { converted in
                    let batch = try RecordBatch(at: converted)
                    var values: [String?] = []
                    try batch.forEachRecord { values.append(text($0.value)) }
                    #expect(values == expected.map { $0["value"] as? String })
                }
            }
            count += 1
        }
        #expect(count >= 3)
    }

    @Test func `bare messages are read, packed ones too`() throws {
        var inner: [String: Int] = [:]
        for entry in try entries("bare") {
            // As the member of a set: offset and length before it.
            var writer = ByteWriter()
            writer.number(Int64(7))
            writer.number(Int32(entry.bytes.count))
            writer.append(entry.bytes)
            var count = 0
            try writer.bytes.withUnsafeBytes { try MessageSet.forEachMessage($0) { _ in count += 1 } }
            inner[String(entry.label.split(separator: " ").last ?? "")] = count
        }
        #expect(inner["emptyMessage"] == 1)
        #expect(inner["emptyV1Message"] == 1)
        #expect(inner["emptyGzipMessage"] == 0)
        #expect(inner["emptyBulkGzipMessage"] == 2)
        #expect(inner["emptyBulkLZ4Message"] == 2)
    }

    @Test func `control records say how a transaction ended`() throws {
        let controls = try entries("control").reduce(into: [String: [UInt8]]()) {
            $0[String($1.label.split(separator: " ").last ?? "")] = $1.bytes
        }
        func mark(_ key: String, _ value: String) throws -> TransactionMark? {
            try (controls[key] ?? []).withUnsafeBytes { key in
                try (controls[value] ?? []).withUnsafeBytes { try TransactionMark(key: key, value: $0) }
            }
        }
        let commit = try mark("commitTxCtrlRecKey", "commitTxCtrlRecValue")
        #expect(commit == TransactionMark(isCommit: true, coordinatorEpoch: 15))
        #expect(commit?.key == controls["commitTxCtrlRecKey"])
        #expect(commit?.value == controls["commitTxCtrlRecValue"])
        #expect(try mark("unknownCtrlRecKey", "commitTxCtrlRecValue") == nil)
    }
}
