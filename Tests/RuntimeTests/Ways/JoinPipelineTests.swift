import Columnar
import Connectors
import Formats
import Foundation
import TestKit
import Testing

/// Random records through all kinds of joins, in random ways, against the plain model.
@Suite struct JoinPipelineTests {
    private static func statements(_ settings: JoinModel.Settings) -> String {
        let grace = settings.grace.map { " GRACE PERIOD \($0) MILLISECONDS" } ?? ""
        let within =
            "WITHIN (\(settings.before) MILLISECONDS, \(settings.after) MILLISECONDS)\(grace)"
        let streams = JoinModel.Kind.allCases.map { kind in
            """
            CREATE STREAM \(kind)_streams AS
              SELECT \(kind == .full ? "ROWKEY" : "l.k") AS k, l.v AS lv, r.v AS rv
              FROM l \(kind.rawValue) JOIN r \(within) ON l.k = r.k;
            CREATE TABLE \(kind)_tables AS
              SELECT \(kind == .full ? "ROWKEY" : "t.k") AS k, t.v AS tv, u.v AS uv
              FROM t \(kind.rawValue) JOIN u ON t.k = u.k;
            """
        }
        return """
            SET 'emit.per.record' = '\(settings.perRecord)';
            CREATE STREAM l (k STRING KEY, v INT) WITH (kafka_topic = 'L', value_format = 'JSON');
            CREATE STREAM r (k STRING KEY, v INT) WITH (kafka_topic = 'R', value_format = 'JSON');
            CREATE TABLE t (k STRING PRIMARY KEY, v INT) WITH (kafka_topic = 'T', value_format = 'JSON');
            CREATE TABLE u (k STRING PRIMARY KEY, v INT, f STRING)
              WITH (kafka_topic = 'U', value_format = 'JSON');
            \(streams.joined(separator: "\n"))
            CREATE STREAM inner_enriched AS SELECT l.k AS k, l.v AS lv, t.v AS tv FROM l JOIN t ON l.k = t.k;
            CREATE STREAM left_enriched AS
              SELECT l.k AS k, l.v AS lv, t.v AS tv FROM l LEFT JOIN t ON l.k = t.k;
            CREATE TABLE inner_named AS SELECT u.k AS k, u.v AS uv, t.v AS tv FROM u JOIN t ON u.f = t.k;
            CREATE TABLE left_named AS SELECT u.k AS k, u.v AS uv, t.v AS tv FROM u LEFT JOIN t ON u.f = t.k;
            CREATE TABLE sums AS
              SELECT t.k AS k, SUM(u.v) AS total, COUNT(*) AS n FROM u JOIN t ON u.f = t.k GROUP BY t.k;
            CREATE TABLE counts_r AS SELECT k, COUNT(*) AS n FROM r GROUP BY k;
            CREATE TABLE counts_l AS SELECT k, COUNT(*) AS n FROM l GROUP BY k;
            CREATE STREAM counted AS
              SELECT l.k AS k, l.v AS lv, c.n AS n FROM l JOIN counts_r c ON l.k = c.k;
            CREATE STREAM counted_itself AS
              SELECT l.k AS k, l.v AS lv, c.n AS n FROM l JOIN counts_l c ON l.k = c.k;
            """
    }

    /// - Parameter unit: all times are multiples of it, so that a coarse one hits the bounds of windows.
    private static func records(unit: Int64, using random: inout SeededGenerator) -> [JoinModel.Record] {
        var time = Int64.random(in: 5_000...20_000, using: &random)
        return (0..<Int.random(in: 1...150, using: &random)).map { number in
            time += Int64.random(in: 0...400, using: &random)
            if Int.random(in: 0..<30, using: &random) == 0 { time += 20_000 }
            let lateness =
                Int.random(in: 0..<3, using: &random) == 0 ? Int64.random(in: 0...5_000, using: &random) : 0
            let topic = ["L", "R", "L", "R", "T", "U"].randomElement(using: &random) ?? "L"
            let isTable = topic == "T" || topic == "U"
            let hasKey = isTable || Int.random(in: 0..<12, using: &random) > 0
            let hasValue = Int.random(in: 0..<8, using: &random) > 0
            let names = Int.random(in: 0..<6, using: &random) > 0
            return JoinModel.Record(
                topic: topic, key: hasKey ? ["a", "b", "c", "d"].randomElement(using: &random) : nil,
                value: hasValue ? number : nil,
                foreign: topic == "U" && names ? ["a", "b", "c"].randomElement(using: &random) : nil,
                time: max(0, time - lateness) / unit * unit)
        }
    }

    private static func message(_ record: JoinModel.Record) -> MemoryRecord {
        var value: String?
        if let number = record.value {
            value = "{\"V\": \(number)" + (record.foreign.map { ", \"F\": \"\($0)\"" } ?? "") + "}"
        }
        return MemoryRecord(
            key: record.key.map { Array($0.utf8) }, value: value.map { Array($0.utf8) },
            timestamp: record.time)
    }

    private static var seeds: ClosedRange<UInt64> {
        Effort.isFull ? 1...400 : 1...12
    }

    @Test(arguments: seeds)
    func givesWhatThePlainModelGives(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let unit: Int64 = [1, 100, 500].randomElement(using: &random) ?? 1
        let settings = JoinModel.Settings(
            before: Int64.random(in: 0...3_000, using: &random) / unit * unit,
            after: Int64.random(in: 0...3_000, using: &random) / unit * unit,
            grace: Bool.random(using: &random)
                ? Int64.random(in: 0...4_000, using: &random) / unit * unit : nil,
            perRecord: Bool.random(using: &random))
        let records = Self.records(unit: unit, using: &random)
        var model = JoinModel(settings)
        for record in records { model.take(record) }
        let run = PipelineRun(
            statements: Self.statements(settings),
            inputs: Dictionary(grouping: records, by: \.topic).mapValues {
                .messages($0.map(Self.message))
            }, order: records.map(\.topic))
        for way in [Way.whole, Way.random(records: records.count, using: &random)] {
            let outcome = try run.run(way)
            #expect(outcome.failure == nil, "seed \(seed)")
            for (name, actual, expected) in Self.compared(outcome, model) where actual != expected {
                let place = zip(actual, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
                let index = place ?? min(actual.count, expected.count)
                Issue.record(
                    """
                    seed \(seed), \(way.details), \(settings): \(name) differs at \(index):
                    \(actual.dropFirst(max(0, index - 2)).prefix(6)) instead of
                    \(expected.dropFirst(max(0, index - 2)).prefix(6))
                    """)
            }
        }
    }

    /// What came of each query, and what the model says.
    private static func compared(
        _ outcome: PipelineRun.Outcome, _ model: JoinModel
    ) -> [(String, [String], [String])] {
        var compared: [(String, [String], [String])] = []
        for kind in JoinModel.Kind.allCases {
            let name = "\(kind)".uppercased()
            compared.append(("\(name)_STREAMS", rows(outcome, "\(name)_STREAMS"), model.streams[kind] ?? []))
            compared.append(("\(name)_TABLES", rows(outcome, "\(name)_TABLES"), model.joined(kind)))
            guard kind == .inner || kind == .left else { continue }
            compared.append(
                ("\(name)_ENRICHED", rows(outcome, "\(name)_ENRICHED"), model.enriched[kind] ?? []))
            compared.append(("\(name)_NAMED", rows(outcome, "\(name)_NAMED"), model.named(kind)))
        }
        compared.append(("COUNTED", rows(outcome, "COUNTED"), model.counted))
        compared.append(("COUNTED_ITSELF", rows(outcome, "COUNTED_ITSELF"), model.countedItself))
        // With emit.per.record groups stay when their last row has left, as ksqlDB has it.
        let sums = outcome.latest("SUMS").map { $0.values.map(text).joined(separator: " ") }
        compared.append(("SUMS", sums.filter { !$0.hasSuffix(" 0") }.sorted(), model.sums))
        return compared
    }

    private static func rows(_ outcome: PipelineRun.Outcome, _ name: String) -> [String] {
        let isTable = outcome.plan.catalogue.relation(name)?.kind == .table
        let records = isTable ? outcome.latest(name) : outcome.records[name] ?? []
        let rows = records.map { record in
            let values = record.values.map(text).joined(separator: " ")
            // A table's row without partner has the time of its own record or that of the partner's leaving.
            return isTable && values.contains(" -") ? values : values + " @\(record.eventTime)"
        }
        return isTable ? rows.sorted() : rows
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .null: return "-"
        case .integer(let number): return String(number)
        case .bigint(let number): return String(number)
        case .string(let text): return text
        default: return "\(value)"
        }
    }
}
