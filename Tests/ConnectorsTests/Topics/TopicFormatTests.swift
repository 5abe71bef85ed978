import Columnar
import Planning
import TestKit
import Testing

@testable import Connectors
@testable import Runtime

/// What a sink writes a source reads, in every format.
@Suite struct TopicFormatTests {
    typealias Format = SourceProperties.Format

    private static let keyFormats: [Format] = [.kafka, .json, .avro, .jsonSchema, .delimited, .none]
    private static let valueFormats: [Format] = [.json, .avro, .jsonSchema, .delimited, .kafka]

    private func statement(
        _ random: inout RandomRelation, _ kind: String, _ key: Format, _ value: Format, _ window: String = ""
    ) -> String {
        let isTable = kind == "TABLE"
        let hasMany = key != .kafka && random.random.chance(40)
        let keyCount = key == .none ? 0 : hasMany ? 2 : 1
        var columns = (0..<keyCount).map {
            "K\($0) \(random.type(key, isKey: true).sql) \(isTable ? "PRIMARY KEY" : "KEY")"
        }
        let valueCount = value == .kafka ? 1 : 1 + random.random.below(4)
        columns += (0..<valueCount).map { "V\($0) \(random.type(value, isKey: false).sql)" }
        var options = "kafka_topic = 't', key_format = '\(key.rawValue)', value_format = '\(value.rawValue)'"
        if value == .delimited, random.random.chance(50) { options += ", value_delimiter = '|'" }
        if key == .delimited, random.random.chance(50) { options += ", key_delimiter = 'TAB'" }
        let wraps: [Format] = [.json, .avro, .jsonSchema]
        if valueCount == 1, wraps.contains(value), random.random.chance(50) {
            options += ", wrap_single_value = false"
        }
        return "CREATE \(kind) T (\(columns.joined(separator: ", "))) WITH (\(options)\(window));\n"
    }

    /// A value of one column that is bare has no NULL but the tombstone.
    private func hasBareValue(_ relation: Relation) -> Bool {
        guard let topic = relation.topic, relation.values.count == 1 else { return false }
        return topic.valueFormat == .kafka || !topic.wrapsSingleValue
    }

    @Test(arguments: keyFormats, valueFormats)
    func `a stream's rows come back as they were`(key: Format, value: Format) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            var random = RandomRelation(random: SeededGenerator(seed: seed &* 977))
            let bed = try TopicBed()
            let text = statement(&random, "STREAM", key, value)
            let plan = try bed.plan(text)
            try bed.makeTopics(of: plan, partitions: 1 + random.random.below(3))
            let relation = try bed.relation("T", in: plan)
            let bare = hasBareValue(relation)
            let rows = (0..<30).map { number in
                let key = relation.keys.map { random.value($0.type) }
                let values = relation.values.map { random.value($0.type, nulls: bare ? 0 : 20) }
                let isTombstone = random.random.chance(15)
                return (values: isTombstone ? nil : values, key: key, time: Int64(1000 + number))
            }
            try SinkRun(bed, relation).epoch(1, [StreamRows(relation, rows)])
            let found = try bed.rows(of: relation, in: text).sorted { $0.eventTime < $1.eventTime }
            let context = "seed \(seed): \(text)"
            let nothing = relation.values.map { _ in Value.null }
            #expect(found.map(\.values) == rows.map { $0.key + ($0.values ?? nothing) }, "\(context)")
            #expect(found.map(\.eventTime) == rows.map(\.time), "\(context)")
            #expect(found.map(\.isDeletion) == rows.map { $0.values == nil }, "\(context)")
            let stored = try bed.records("t").joined().sorted { $0.timestamp < $1.timestamp }
            #expect(stored.map { $0.value == nil } == rows.map { $0.values == nil }, "\(context)")
        }
    }

    @Test(arguments: ["TUMBLING', window_size = '10 SECONDS", "SESSION"], keyFormats.dropLast())
    func `windowed keys come back as they were`(window: String, key: Format) throws {
        for seed in 1...3 as ClosedRange<UInt64> {
            var random = RandomRelation(random: SeededGenerator(seed: seed))
            let bed = try TopicBed()
            let text = statement(&random, "TABLE", key, .json, ", window_type = '\(window)'")
            // Queries read streams with windows only.
            let reading = text.replacing("CREATE TABLE T", with: "CREATE STREAM S")
                .replacing("PRIMARY KEY", with: "KEY")
            let plan = try bed.plan(text + reading)
            try bed.makeTopics(of: plan, partitions: 2)
            let relation = try bed.relation("T", in: plan)
            let count = 25
            let size: Int64 = window == "SESSION" ? 77 : 10_000
            var bounds: [(Int64, Int64)] = []
            for number in 0..<Int64(count) { bounds.append((number * 10_000, number * 10_000 + size)) }
            let rows = (0..<count).map { _ in
                relation.columns.map { random.value($0.type, nulls: 0) }
            }
            let presence = Bitmap(repeating: true, count: count)
            for row in 0..<count where random.random.chance(20) { presence.clear(row) }
            var columns = StreamRows.columns(relation, rows)
            columns[relation.position(of: .rowTime)] = .bigints((0..<count).map { Int64(500 + $0) })
            columns[relation.position(of: .windowStart)] = .bigints(bounds.map(\.0))
            columns[relation.position(of: .windowEnd)] = .bigints(bounds.map(\.1))
            let changes = ChangeBatch(
                relation: relation, count: count, new: columns, newPresence: presence, old: nil,
                oldPresence: nil, sequences: .bigints((0..<count).map { Int64($0) }))
            try SinkRun(bed, relation).epoch(1, [changes])
            let records = try bed.records("t").joined().sorted { $0.timestamp < $1.timestamp }
            #expect(records.map { $0.value == nil } == (0..<count).map { !presence[$0] })
            for (record, bound) in zip(records, bounds) {
                let suffix = (window == "SESSION" ? bytes(bound.1) : []) + bytes(bound.0)
                #expect(record.key?.suffix(suffix.count) == suffix[...])
            }
            let stream = try bed.relation("S", in: plan)
            let found = try bed.rows(of: stream, in: reading).sorted { $0.eventTime < $1.eventTime }
            let present = (0..<count).filter { presence[$0] }
            let rest = found.filter { !$0.isDeletion }
            #expect(rest.map(\.values) == present.map { rows[$0] }, "seed \(seed): \(text)")
            #expect(rest.map(\.windowStart) == present.map { bounds[$0].0 }, "seed \(seed): \(text)")
            #expect(rest.map(\.windowEnd) == present.map { bounds[$0].1 }, "seed \(seed): \(text)")
        }
    }

    private func bytes(_ number: Int64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}
