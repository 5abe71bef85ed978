import Broker
import Diagnostics
import Formats
import Foundation
import Storage
import TestKit
import Testing

@testable import Connectors
@testable import Runtime

/// From a topic through a query into a topic, while the power goes at every operation.
@Suite struct TopicPowerLossTests {
    private static let statements = """
        CREATE STREAM clicks (user_id STRING KEY, page STRING, n BIGINT)
          WITH (kafka_topic = 'clicks', value_format = 'JSON');
        CREATE STREAM shown WITH (kafka_topic = 'shown', value_format = 'JSON')
          AS SELECT user_id, page, n FROM clicks WHERE page <> 'none';
        CREATE STREAM pages WITH (kafka_topic = 'pages', value_format = 'AVRO')
          AS SELECT page, n FROM clicks PARTITION BY page;
        CREATE TABLE counts WITH (kafka_topic = 'counts', value_format = 'JSON')
          AS SELECT user_id, COUNT(*) AS clicks, SUM(n) AS sum FROM clicks GROUP BY user_id;
        """

    private func clicks() -> TopicRecords {
        var random = SeededGenerator(seed: 8)
        var records = TopicRecords(partitionCount: 2)
        for number in 0..<60 {
            let page = random.pick(["home", "none", "cart", "search"])
            records.add(
                TopicRecord(
                    key: Array("u\(random.below(7))".utf8),
                    value: Array("{\"PAGE\":\"\(page)\",\"N\":\(number)}".utf8),
                    timestamp: Int64(1_699_000_000_000 + number)))
        }
        return records
    }

    private func prepared() throws -> TopicBed {
        let bed = try TopicBed()
        try bed.makeTopics(of: try bed.plan(Self.statements), partitions: 2)
        try bed.store.append(clicks(), to: "clicks")
        return bed
    }

    private func run(_ bed: TopicBed) throws {
        try bed.task(try bed.plan(Self.statements), epochBytes: 900).run(once: true)
    }

    @Test func `no record is lost and none is there twice`() throws {
        let whole = try prepared()
        let start = whole.files.operationCount
        try run(whole)
        let operations = whole.files.operationCount - start
        let expected = try contents(whole)
        #expect(expected.shown.joined().count > 20 && expected.pages.joined().count == 60)
        #expect(operations > 60)
        // All of them with MILLRACE_FULL, else some.
        let isFull = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"
        let step = isFull ? 1 : 7
        for operation in stride(from: 1, through: operations, by: step) {
            let bed = try prepared()
            let before = bed.files.operationCount
            bed.files.crashAt(before + operation)
            // The run may take a few operations less than the first, so the last moments may lie behind it.
            let isDone = (try? run(bed)) != nil
            #expect(!isDone || bed.files.operationCount - before < operation)
            try bed.losePower(seed: UInt64(operation))
            try run(bed)
            let found = try contents(bed)
            #expect(found == expected, "operation \(operation)")
            if found != expected { break }
        }
    }

    /// What the topics hold, whatever the epochs were.
    private struct Contents: Equatable {
        /// In their order, which is that of the source's partition.
        var shown: [[TopicRecord]]
        /// Of two partitions, which come in any order.
        var pages: [[String]]
        /// The last of each key.
        var counts: [String: String]
    }

    private func contents(_ bed: TopicBed) throws -> Contents {
        var contents = Contents(shown: try bed.records("shown"), pages: [], counts: [:])
        contents.pages = try bed.records("pages").map { $0.map { "\($0)" }.sorted() }
        for record in try bed.records("counts").joined() {
            let key = String(decoding: record.key ?? [], as: UTF8.self)
            let value = String(decoding: record.value ?? [], as: UTF8.self)
            // Each change counts more than the one before.
            #expect(try clicks(in: value) > clicks(in: contents.counts[key]), "\(key)")
            contents.counts[key] = value
        }
        return contents
    }

    private func clicks(in row: String?) throws -> Int64 {
        guard let row else { return 0 }
        return try #require(JSONValue(parsing: Array(row.utf8))["CLICKS"]?.int64)
    }
}
