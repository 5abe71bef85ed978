import Broker
import Columnar
import Diagnostics
import Planning
import Storage
import Testing

@testable import Connectors
@testable import Runtime

@Suite struct TopicSinkTests {
    private static let statement = """
        CREATE STREAM T (K STRING KEY, V BIGINT) WITH (kafka_topic = 't', value_format = 'JSON');
        """

    private func bed(
        _ partitions: Int = 3, _ statement: String = statement
    ) throws -> (TopicBed, Relation) {
        let bed = try TopicBed()
        let plan = try bed.plan(statement)
        try bed.makeTopics(of: plan, partitions: partitions)
        return (bed, try bed.relation("T", in: plan))
    }

    private func rows(_ relation: Relation, _ numbers: Range<Int>, keyed: Bool = true) -> StreamRows {
        StreamRows(
            relation,
            numbers.map { ([.bigint(Int64($0))], [keyed ? .string("k\($0)") : .null], Int64($0)) })
    }

    @Test func `an epoch that is run again is there once`() throws {
        let (bed, relation) = try bed()
        let first = try SinkRun(bed, relation)
        #expect(try first.epoch(1, [rows(relation, 0..<5), rows(relation, 5..<9)]) == 1)
        #expect(try first.epoch(2, [rows(relation, 9..<12)]) == 2)
        #expect(try first.epoch(3, [StreamRows]()) == 2)
        let before = try bed.records("t")
        #expect(before.joined().count == 12)
        try bed.losePower(seed: 2)
        let again = try SinkRun(bed, relation, expected: 1, open: 2)
        #expect(try again.epoch(2, [rows(relation, 9..<12)]) == 2)
        #expect(try bed.records("t") == before)
        #expect(try again.epoch(4, [rows(relation, 20..<21)]) == 4)
        #expect(try bed.records("t").joined().count == 13)
    }

    @Test func `records with a key go where Kafka puts them, others by epochs`() throws {
        let (bed, relation) = try bed()
        let run = try SinkRun(bed, relation)
        try run.epoch(1, [rows(relation, 0..<30)])
        for (partition, records) in try bed.records("t").enumerated() {
            #expect(!records.isEmpty)
            for record in records {
                let place = try #require(record.key).withUnsafeBytes {
                    KafkaPartitioner.partition(of: $0, among: 3)
                }
                #expect(place == partition)
            }
        }
        for epoch in 2...4 as ClosedRange<Int64> {
            let before = try bed.records("t").map(\.count)
            try run.epoch(epoch, [rows(relation, 0..<5, keyed: false)])
            let more = zip(before, try bed.records("t").map(\.count)).map { $1 - $0 }
            #expect(more == (0..<3).map { $0 == Int(epoch % 3) ? 5 : 0 })
        }
    }

    @Test func `an epoch of more than a batch is whole or not there`() throws {
        let (bed, relation) = try bed(2)
        let long = String(repeating: "x", count: 20_000)
        func rows(_ count: Int) -> StreamRows {
            StreamRows(
                relation, (0..<count).map { ([.bigint(Int64($0))], [.string("\($0)" + long)], Int64($0)) })
        }
        let run = try SinkRun(bed, relation)
        let start = bed.files.operationCount
        try run.epoch(1, [rows(150)])
        let operations = bed.files.operationCount - start
        let expected = try bed.records("t")
        #expect(expected.joined().count == 150)
        for operation in 1...operations {
            let (bed, relation) = try self.bed(2)
            let run = try SinkRun(bed, relation)
            bed.files.crashAt(bed.files.operationCount + operation)
            #expect(throws: (any Error).self) { try run.epoch(1, [rows(150)]) }
            try bed.losePower(seed: UInt64(operation))
            for (found, whole) in zip(try bed.records("t"), expected) {
                #expect(found.isEmpty || found == whole, "operation \(operation)")
            }
            try SinkRun(bed, relation).epoch(1, [rows(150)])
            #expect(try bed.records("t") == expected, "operation \(operation)")
        }
    }

    @Test func `a table's deletions are tombstones`() throws {
        let (bed, relation) = try bed(
            1,
            "CREATE TABLE T (K STRING PRIMARY KEY, V BIGINT) WITH (kafka_topic = 't', value_format = 'JSON');"
        )
        let presence = Bitmap(repeating: true, count: 2)
        presence.clear(1)
        var columns = StreamRows.columns(relation, [[.string("a"), .bigint(1)], [.string("b"), .null]])
        columns[relation.position(of: .rowTime)] = .bigints([5, 6])
        try SinkRun(bed, relation).epoch(
            1,
            [
                ChangeBatch(
                    relation: relation, count: 2, new: columns, newPresence: presence, old: nil,
                    oldPresence: nil, sequences: .bigints([0, 1]))
            ])
        #expect(
            try bed.records("t")[0] == [
                TopicRecord(key: Array("a".utf8), value: Array("{\"V\":1}".utf8), timestamp: 5),
                TopicRecord(key: Array("b".utf8), value: nil, timestamp: 6),
            ])
    }

    @Test func `topic and checkpoint must belong together`() throws {
        let (bed, relation) = try bed()
        try SinkRun(bed, relation).epoch(5, [rows(relation, 0..<3)])
        func refusal(_ application: String, expected: Int64?, open: Int64) -> String? {
            do {
                _ = try SinkRun(bed, relation, application: application, expected: expected, open: open)
                return nil
            } catch {
                guard case .refused(let diagnostic)? = error as? SinkError else { return "\(error)" }
                return diagnostic.message
            }
        }
        #expect(refusal("me/sink", expected: 5, open: 6) == nil)
        #expect(refusal("me/sink", expected: nil, open: 5) == nil)
        #expect(refusal("me/sink", expected: 6, open: 7)?.contains("lacks epoch 6") == true)
        #expect(refusal("me/sink", expected: 3, open: 4)?.contains("is at epoch 5") == true)
        #expect(refusal("you/sink", expected: nil, open: 1)?.contains("another instance") == true)
        // Another query that writes to the same topic.
        #expect(refusal("you/other", expected: nil, open: 1) == nil)
        try bed.store.delete("t")
        try bed.store.create("t")
        #expect(refusal("me/sink", expected: 5, open: 6)?.contains("lacks epoch 5") == true)
    }

    @Test func `rows that the schema has no place for become dead letters`() throws {
        let (bed, relation) = try bed(
            2,
            "CREATE STREAM T (K STRING KEY, V BIGINT) WITH (kafka_topic = 't', value_format = 'AVRO');")
        // Somebody has registered a schema in which the value is not optional.
        let subject = "t-value"
        try bed.registry.setLevel(.none, subject: subject)
        try bed.registry.delete(subject)
        let id = try bed.registry.register(
            #"{"type":"record","name":"V","fields":[{"name":"V","type":"long"}]}"#, subject: subject)
        var topic = try #require(relation.topic)
        topic.valueSchemaID = id
        let strict = Relation(
            name: "T", kind: .stream, columns: relation.columns, keyCount: 1, origin: relation.origin,
            topic: topic)
        let run = try SinkRun(bed, strict)
        let rows = StreamRows(
            strict,
            [
                ([.bigint(1)], [.string("a")], 1), ([.null], [.string("b")], 2),
                ([.bigint(3)], [.string("c")], 3), (nil, [.string("d")], 4),
            ])
        #expect(try run.epoch(1, [rows]) == 1)
        #expect(Set(try bed.records("t").joined().map(\.timestamp)) == [1, 3, 4])
        let letters = try bed.files.list("/letters").map(\.name)
        #expect(letters == ["00000000000000000001-sink-refused.jsonl"])
        // An epoch of nothing else is known nevertheless.
        #expect(
            try run.epoch(2, [StreamRows(strict, [([.null], [.string("b")], 2)])]) == 2)
        #expect(throws: Never.self) { try SinkRun(bed, strict, expected: 2, open: 3) }
    }

    @Test func `a topic that is gone is refused`() throws {
        let (bed, relation) = try bed()
        let run = try SinkRun(bed, relation)
        try bed.store.delete("t")
        #expect(throws: SinkError.self) { try run.epoch(1, [rows(relation, 0..<3)]) }
        #expect(throws: SinkError.self) { try SinkRun(bed, relation) }
    }
}
