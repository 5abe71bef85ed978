import Broker
import Diagnostics
import Storage
import Testing

@testable import Connectors
@testable import Runtime

/// A topic with a past is read for the first time: no partition may be late before it is read.
@Suite struct TopicBeginningTests {
    private static let statements = """
        CREATE STREAM S (K INTEGER KEY, N BIGINT) WITH (kafka_topic = 's', value_format = 'JSON');
        CREATE TABLE COUNTED AS SELECT K, COUNT(*) AS C, SUM(N) AS T FROM S
          WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 1 SECOND) GROUP BY K;

        """
    private static let partitions = 3

    /// Records of the same times in all partitions, a second apart; sizes differ.
    private func bed(_ count: Int) throws -> TopicBed {
        let bed = try TopicBed()
        try bed.store.create("s", partitions: Self.partitions, configuration: ["retention.ms": "-1"])
        for partition in 0..<Self.partitions { try append(bed, 0..<count, to: partition) }
        return bed
    }

    private func append(_ bed: TopicBed, _ numbers: Range<Int>, to partition: Int) throws {
        let records = numbers.map { number in
            TopicRecord(
                key: [0, 0, 0, UInt8(partition)],
                value: Array("{\"N\":\(number)}".utf8)
                    + [UInt8](repeating: UInt8(ascii: " "), count: 40 * partition),
                timestamp: Int64(1_600_000_000_000 + number * 1000))
        }
        _ = try bed.store.append(records, to: "s", partition: partition)
    }

    /// How many records the windows have, all together.
    private func counted(_ sink: MemorySink) -> Int64 {
        var latest: [String: Int64] = [:]
        for record in sink.records {
            guard case .bigint(let count) = record.values[1] else { continue }
            latest["\(record.values[0]) \(record.windowStart ?? 0)"] = count
        }
        return latest.values.reduce(0, +)
    }

    @Test(arguments: [300, 2000, 1 << 20]) func `all of the past is in time when it is read once`(
        epochBytes: Int
    ) throws {
        let bed = try bed(400)
        let sink = MemorySink(name: "COUNTED")
        let plan = try bed.plan(Self.statements)
        try bed.task(plan, epochBytes: epochBytes, more: ["COUNTED": sink]).run(once: true)
        #expect(counted(sink) == Int64(400 * Self.partitions))
    }

    @Test(arguments: [300, 1 << 20]) func `and when it is read step by step, with more coming`(
        epochBytes: Int
    ) throws {
        let bed = try bed(200)
        let sink = MemorySink(name: "COUNTED")
        let task = try bed.task(
            try bed.plan(Self.statements), epochBytes: epochBytes, more: ["COUNTED": sink])
        try task.start()
        for step in 0..<10 {
            for partition in 0..<Self.partitions {
                try append(bed, (200 + step * 20)..<(220 + step * 20), to: partition)
            }
            _ = try task.step()
        }
        try task.finish()
        let again = try bed.task(
            try bed.plan(Self.statements), epochBytes: epochBytes, more: ["COUNTED": sink])
        try again.run(once: true)
        #expect(counted(sink) == Int64(400 * Self.partitions))
    }
}
