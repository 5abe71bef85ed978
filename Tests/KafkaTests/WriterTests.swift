import Broker
import Diagnostics
import Foundation
import Kafka
import Runtime
import Testing

@testable import Connectors

@Suite struct WriterTests {
    private func writer(
        _ cluster: MockCluster, properties: [String: String] = [:], isTransactional: Bool = true
    ) -> KafkaEpochWriter {
        var settings = cluster.settings
        settings.properties = properties
        return KafkaEpochWriter(
            settings, KafkaNewTopic("t", partitions: 3), applicationID: "me/sink",
            isTransactional: isTransactional)
    }

    private func append(
        _ writer: KafkaEpochWriter, _ epoch: Int64, _ values: [String]
    ) throws -> [Int: String] {
        var refused: [Int: String] = [:]
        try writer.append(epoch: epoch) { outlet throws(KafkaError) in
            for (number, value) in values.enumerated() {
                let bytes = Array(value.utf8)
                var failure: KafkaError?
                bytes.withUnsafeBytes { bytes in
                    do throws(KafkaError) {
                        try outlet.send(
                            number, key: nil, value: bytes, timestamp: 5, partition: number % 3,
                            copies: true)
                    } catch {
                        failure = error
                    }
                }
                if let failure { throw failure }
            }
        } beforeCommit: { (more: [Int: String]) throws(SinkError) in
            refused = more
        }
        return refused
    }

    private func lines(_ cluster: MockCluster) throws -> [String] {
        let settings = KafkaSourceSettings(
            cluster: cluster.settings, topic: "t", relation: "T", group: "reader")
        return try SourceReading(settings).readAll().sorted()
    }

    @Test func `an epoch is written, and not again by the same writer`() throws {
        let cluster = try MockCluster(["t": 3])
        let writer = writer(cluster)
        try writer.open()
        #expect(writer.marked.epoch == nil)
        #expect(try append(writer, 1, ["a", "b", "c", "d"]).isEmpty)
        #expect(try append(writer, 1, ["a", "b", "c", "d"]).isEmpty)
        #expect(writer.marked.epoch == 1)
        #expect(
            try lines(cluster) == [
                "0 0 5 - a []", "0 1 5 - d []", "1 0 5 - b []", "2 0 5 - c []",
            ])
    }

    @Test func `a record that is too large is told and the others go on`() throws {
        let cluster = try MockCluster(["t": 3])
        let writer = writer(cluster, properties: ["message.max.bytes": "5000"])
        try writer.open()
        let large = String(repeating: "x", count: 6000)
        let refused = try append(writer, 1, ["a", large, "c"])
        #expect(Array(refused.keys) == [1])
        #expect(try lines(cluster).map { $0.split(separator: " ")[4] } == ["a", "c"])
    }

    @Test func `records that the cluster finds too large are found one by one`() throws {
        let cluster = try MockCluster(["t": 3])
        let writer = writer(cluster)
        try writer.open()
        // 10: MESSAGE_TOO_LARGE; first a batch of several, then one of them alone.
        try cluster.answer(.produce, with: [10, 10])
        var refused: [Int: String] = [:]
        for _ in 0..<20 where writer.marked.epoch == nil {
            do {
                refused = try append(writer, 1, (0..<9).map { "v\($0)" })
            } catch SinkError.unavailable {}
        }
        #expect(writer.marked.epoch == 1)
        #expect(refused.count <= 1)
        // What the mock takes of a transaction that is aborted stays.
        let found = Set(try lines(cluster).map { String($0.split(separator: " ")[4]) })
        let expected = Set((0..<9).filter { refused[$0] == nil }.map { "v\($0)" })
        #expect(found.isSuperset(of: expected))
    }

    @Test func `what passes is tried again, what fences is told`() throws {
        let cluster = try MockCluster(["t": 3])
        let first = writer(cluster)
        try first.open()
        // Not the coordinator (any more), and one that loads.
        try cluster.answer(.addPartitions, with: [16, 14])
        try cluster.answer(.endTransaction, with: [14])
        for _ in 0..<20 {
            do { _ = try append(first, 1, ["a"]) } catch SinkError.unavailable { continue }
            break
        }
        #expect(first.marked.epoch == 1)
        // A transaction that has to be taken back.
        try cluster.answer(.addPartitions, with: [29])
        let problem = #expect(throws: SinkError.self) { try append(first, 2, ["b"]) }
        guard case .refused(let taken) = problem else { throw MockCluster.Unavailable() }
        #expect(taken.hint == "give the cluster's user the right to do it")
        // 90: PRODUCER_FENCED
        try cluster.answer(.endTransaction, with: [90])
        let fenced = #expect(throws: SinkError.self) { try append(first, 2, ["c"]) }
        guard case .refused(let diagnostic) = fenced else { throw MockCluster.Unavailable() }
        #expect(diagnostic.code == .conflict)
    }
}
