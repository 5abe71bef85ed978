import TestKit

@testable import Broker

/// A record as tests compare it, its bytes its own.
struct SampleRecord: Equatable {
    var timestamp: Int64
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [String: [UInt8]?] = [:]

    static func random(
        _ random: inout SeededGenerator, keys: Int = 1000, valueBytes: Int = 60
    ) -> SampleRecord {
        SampleRecord(
            timestamp: Int64(1_700_000_000_000 + random.below(100_000)),
            key: random.chance(10) ? nil : Array("key \(random.below(keys))".utf8),
            value: random.chance(10)
                ? nil : (0..<random.below(valueBytes + 1)).map { _ in UInt8(random.below(4)) },
            headers: random.chance(80) ? [:] : ["a header": random.chance(50) ? nil : [1, 2, 3]])
    }

    init(_ record: Record) {
        timestamp = record.timestamp
        key = record.key.map { Array($0) }
        value = record.value.map { Array($0) }
        for header in record.headers {
            headers[String(decoding: header.key, as: UTF8.self)] = .some(header.value.map { Array($0) })
        }
    }

    init(timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [String: [UInt8]?] = [:]) {
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// A batch made of samples.
func sampleBatch(
    _ records: [SampleRecord], _ compression: Compression = .none, producer: Int64 = -1, epoch: Int16 = -1,
    sequence: Int32 = -1, isTransactional: Bool = false
) throws -> [UInt8] {
    var builder = RecordBatchBuilder(baseOffset: 0)
    builder.header.producerID = producer
    builder.header.producerEpoch = epoch
    builder.header.baseSequence = sequence
    builder.header.attributes.isTransactional = isTransactional
    for record in records {
        builder.add(
            timestamp: record.timestamp, key: record.key, value: record.value,
            headers: record.headers.map { ($0.key, $0.value) })
    }
    return try builder.finish(compression)
}

/// The records of batches that lie one after the other.
func sampleRecords(in bytes: [UInt8]) throws -> [(offset: Int64, record: SampleRecord)] {
    var records: [(offset: Int64, record: SampleRecord)] = []
    try bytes.withUnsafeBytes { bytes in
        var position = 0
        while position < bytes.count {
            let batch = try RecordBatch(at: UnsafeRawBufferPointer(rebasing: bytes[position...]))
            if !batch.header.attributes.isControl {
                try batch.forEachRecord { records.append(($0.offset, SampleRecord($0))) }
            }
            position += batch.header.byteCount
        }
    }
    return records
}
