import Diagnostics
import Foundation
import Kafka
import Runtime
import Synchronization
import Testing

@testable import Connectors

/// Tasks that share a topic's partitions.
@Suite struct SharedTopicTests {
    private func settings(
        _ cluster: BrokerCluster, task: Int, of tasks: Int, partitions: Int?
    ) -> KafkaSourceSettings {
        var settings = KafkaSourceSettings(
            cluster: cluster.settings, topic: "t", relation: "T", group: "millrace.test.T")
        settings.patience = 60_000
        settings.discoveryInterval = 50
        settings.share = PartitionShare(task: task, of: tasks, partitionCount: partitions)
        return settings
    }

    private func append(_ cluster: BrokerCluster, _ numbers: Range<Int>, partitions: Int) throws {
        try cluster.append(
            "t",
            numbers.map { number in
                (number % partitions, TestRecord("k\(number)", "v\(number)", time: Int64(1000 * number)))
            })
    }

    private func partitions(_ lines: [String]) -> Set<Substring> {
        Set(lines.compactMap { $0.split(separator: " ").first })
    }

    @Test func eachReadsItsOwnPartitions() throws {
        let cluster = try BrokerCluster(["t": 5])
        try append(cluster, 0..<50, partitions: 5)
        let readings = try (0..<2).map {
            try SourceReading(settings(cluster, task: $0, of: 2, partitions: 5))
        }
        let lines = try readings.map { try $0.readAll() }
        #expect(lines.map(\.count) == [30, 20])
        #expect(partitions(lines[0]) == ["0", "2", "4"])
        #expect(partitions(lines[1]) == ["1", "3"])
        // Each goes on from its own position, and commits its own offsets only.
        for reading in readings {
            _ = reading.source.position()
            try reading.source.acknowledge()
        }
        let topics = try KafkaTopics(cluster.settings)
        for partition in 0..<5 {
            let end = Date(timeIntervalSinceNow: 60)
            while try topics.groupOffset("millrace.test.T", "t", partition) != 10, Date() < end {
                usleep(5000)
            }
            #expect(try topics.groupOffset("millrace.test.T", "t", partition) == 10)
        }
        try append(cluster, 50..<60, partitions: 5)
        let position = readings[1].source.position()
        let again = try SourceReading(settings(cluster, task: 1, of: 2, partitions: 5), from: position)
        #expect(try again.readAll().count == 4)
    }

    @Test func aTaskWithoutPartitionsReadsNothing() throws {
        let cluster = try BrokerCluster(["t": 2])
        try append(cluster, 0..<10, partitions: 2)
        let reading = try SourceReading(settings(cluster, task: 3, of: 4, partitions: nil))
        #expect(try reading.readAll().isEmpty)
        #expect(try reading.source.poll(maximumBytes: 1000, isFinal: false).isEmpty)
        #expect(reading.source.recordLag() == 0)
    }

    @Test func partitionsThatAreAddedEndWhatIsKeptByKey() throws {
        let cluster = try BrokerCluster(["t": 2])
        try append(cluster, 0..<10, partitions: 2)
        let reading = try SourceReading(settings(cluster, task: 0, of: 2, partitions: 2))
        #expect(try reading.read(5).count == 5)
        let position = reading.source.position()
        try KafkaTopics(cluster.settings).setPartitions("t", to: 3)
        var found: Diagnostic?
        let end = Date(timeIntervalSinceNow: 60)
        while found == nil, Date() < end {
            do throws(Diagnostic) {
                _ = try reading.source.poll(maximumBytes: 1000, isFinal: false)
                reading.source.wait(milliseconds: 20)
            } catch {
                found = error
            }
        }
        #expect(found?.message.contains("topic t has 3 partitions, and had 2") == true)
        let error = #expect(throws: Diagnostic.self) {
            try SourceReading(settings(cluster, task: 0, of: 2, partitions: 2), from: position)
        }
        #expect(error?.hint?.hasPrefix("nothing is lost") == true)
    }

    @Test func partitionsThatAreAddedAreSharedWhereNothingIsKept() throws {
        let cluster = try BrokerCluster(["t": 2])
        let readings = try (0..<2).map {
            try SourceReading(settings(cluster, task: $0, of: 2, partitions: nil))
        }
        for reading in readings { _ = try reading.source.poll(maximumBytes: 1000, isFinal: false) }
        try KafkaTopics(cluster.settings).setPartitions("t", to: 4)
        try append(cluster, 0..<20, partitions: 4)
        #expect(partitions(try readings[0].read(10)) == ["0", "2"])
        #expect(partitions(try readings[1].read(10)) == ["1", "3"])
    }
}
