import Connectors
import TestKit
import Testing

/// Tables whose rows go when they are not updated, over random events in random ways, against a plain model.
@Suite struct RowLifetimeTests {
    private struct Event {
        let key: String
        /// nil is a record without a value.
        let value: Int?
        let time: Int64
    }

    /// What there is of one key.
    private struct Row {
        var values: [Int]
        var death: Int64
    }

    private struct Model {
        let lifetime: Int64
        let delay: Int64
        private(set) var watermark = Int64.min
        /// Groups, and a table's latest rows.
        private(set) var groups: [String: Row] = [:]
        private(set) var latest: [String: Row] = [:]
        private(set) var late = 0

        init(lifetime: Int64, delay: Int64) {
            self.lifetime = lifetime
            self.delay = delay
        }

        mutating func take(_ event: Event) {
            watermark = max(watermark, event.time - delay)
            let death = event.time + lifetime
            for rows in [\Model.groups, \Model.latest] as [WritableKeyPath<Model, [String: Row]>] {
                if let row = self[keyPath: rows][event.key], row.death <= watermark {
                    self[keyPath: rows][event.key] = nil
                }
            }
            if let value = event.value {
                if let row = groups[event.key] {
                    groups[event.key] = Row(values: row.values + [value], death: max(row.death, death))
                } else if death > watermark {
                    groups[event.key] = Row(values: [value], death: death)
                } else {
                    late += 1
                }
            }
            let former = latest[event.key]?.death ?? .min
            let isAlive = max(former, death) > watermark
            latest[event.key] = event.value.flatMap {
                isAlive ? Row(values: [$0], death: max(former, death)) : nil
            }
        }

        func alive(_ rows: [String: Row]) -> [String: Row] { rows.filter { $0.value.death > watermark } }
    }

    private static func events(using random: inout SeededGenerator) -> [Event] {
        var time = Int64.random(in: 0...2_000, using: &random)
        return (0..<Int.random(in: 1...150, using: &random)).map { _ in
            time += Int64.random(in: 0...700, using: &random)
            if Int.random(in: 0..<20, using: &random) == 0 {
                time += Int64.random(in: 0...9_000, using: &random)
            }
            let isLate = Int.random(in: 0..<3, using: &random) == 0
            return Event(
                key: ["a", "b", "c", "d", "e"].randomElement(using: &random) ?? "a",
                value: Int.random(in: 0..<8, using: &random) == 0
                    ? nil : Int.random(in: 0...4, using: &random),
                time: max(0, time - (isLate ? Int64.random(in: 0...8_000, using: &random) : 0)) / 100 * 100)
        }
    }

    @Test(arguments: 1...UInt64(Effort.isFull ? 300 : 30))
    func agreesWithThePlainModel(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let lifetime = Int64.random(in: 1...60, using: &random) * 100
        let delay = [0, 0, 1_000].randomElement(using: &random) ?? 0
        let events = Self.events(using: &random)
        var model = Model(lifetime: lifetime, delay: Int64(delay))
        for event in events { model.take(event) }
        let columns = "value_format = 'JSON', watermark_delay = '\(delay)ms'"
        let way = Way.random(records: events.count, using: &random)
        let messages = events.map { event in
            MemoryRecord(
                key: Array(event.key.utf8), value: event.value.map { Array("{\"v\":\($0)}".utf8) },
                timestamp: event.time)
        }
        let run = PipelineRun(
            statements: """
                CREATE STREAM s (k STRING KEY, v INT) WITH (kafka_topic = 's', \(columns));
                CREATE TABLE t (k STRING PRIMARY KEY, v INT)
                  WITH (kafka_topic = 't', \(columns), row_ttl = '\(lifetime)ms');
                CREATE TABLE groups WITH (row_ttl = '\(lifetime)ms') AS
                  SELECT k, COUNT(*) AS n, SUM(v) AS total, COUNT_DISTINCT(v) AS kinds FROM s GROUP BY k;
                CREATE TABLE latest AS SELECT k, v FROM t;
                CREATE TABLE counted AS SELECT v, COUNT(*) AS n FROM t GROUP BY v;
                """, inputs: ["S": .messages(messages), "T": .messages(messages)])
        let outcome = try run.run(way)
        let place = "seed \(seed), lifetime \(lifetime), delay \(delay), \(way.details)"
        #expect(outcome.failure == nil, "\(place)")
        let groups = model.alive(model.groups).map { key, row in
            "{\"K\":\"\(key)\",\"N\":\(row.values.count),\"TOTAL\":\(row.values.reduce(0, +)),"
                + "\"KINDS\":\(Set(row.values).count)}"
        }
        #expect(outcome.rows("GROUPS") == groups.sorted(), "\(place)")
        let rows = model.alive(model.latest)
        let latest = rows.map { "{\"K\":\"\($0.key)\",\"V\":\($0.value.values[0])}" }
        #expect(outcome.rows("LATEST") == latest.sorted(), "\(place)")
        let counts = Dictionary(rows.values.map { ($0.values[0], 1) }, uniquingKeysWith: +)
        let counted = counts.map { "{\"V\":\($0.key),\"N\":\($0.value)}" }
        #expect(outcome.rows("COUNTED") == counted.sorted(), "\(place)")
        let late = outcome.status.relations.first { $0.name == "GROUPS" }?.late
        #expect(late == Int64(model.late), "\(place)")
    }

    @Test func idleTimeTakesRowsToo() throws {
        let run = IdleRun(
            statements: """
                CREATE STREAM s (k STRING, ts BIGINT) WITH (kafka_topic = 's', value_format = 'JSON',
                  timestamp = 'ts', idle_timeout = '5 seconds');
                CREATE TABLE here WITH (row_ttl = '20 seconds') AS
                  SELECT k, COUNT(*) AS n FROM s GROUP BY k;
                """,
            events: [
                IdleRun.Event(relation: "S", arrival: 0, json: #"{"k":"a","ts":1000}"#),
                IdleRun.Event(relation: "S", arrival: 3_000, json: #"{"k":"b","ts":4000}"#),
            ], end: 60_000)
        #expect(
            try run.run(.whole).rows["HERE"] == [
                #"{"K":"a","N":1}"#, #"{"K":"b","N":1}"#, #"gone {"K":"a","N":null}"#,
                #"gone {"K":"b","N":null}"#,
            ])
    }
}
