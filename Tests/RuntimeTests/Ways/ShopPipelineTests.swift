import Columnar
import Connectors
import Formats
import TestKit
import Testing

/// Random events through deduplication and all kinds of windows, in random ways, against the plain model.
@Suite struct ShopPipelineTests {
    private static func statements(_ settings: ShopModel.Settings) -> String {
        let aggregates = """
            COUNT(*) AS n, SUM(amount) AS total, MIN(amount) AS lowest, MAX(amount) AS highest,
            COUNT_DISTINCT(page) AS pages, EARLIEST_BY_OFFSET(page) AS first,
            LATEST_BY_OFFSET(page, false) AS last
            """
        let grace = "GRACE PERIOD \(settings.grace) MILLISECONDS"
        let tumbling = "WINDOW TUMBLING (SIZE \(settings.size) MILLISECONDS, \(grace))"
        let hopping =
            "WINDOW HOPPING (SIZE \(settings.size) MILLISECONDS, "
            + "ADVANCE BY \(settings.advance) MILLISECONDS, \(grace))"
        let session = "WINDOW SESSION (\(settings.gap) MILLISECONDS, \(grace))"
        return """
            CREATE STREAM raw (id INT, k STRING, amount DECIMAL(10, 0), page STRING, ts BIGINT)
              WITH (kafka_topic = 'raw', value_format = 'JSON', timestamp = 'ts',
                watermark_delay = '\(settings.delay)ms');
            CREATE STREAM silver AS SELECT id, k, amount, page, ts FROM raw
              DEDUPLICATE BY id WITHIN \(settings.within) MILLISECONDS;
            CREATE TABLE groups AS SELECT k, \(aggregates) FROM silver GROUP BY k;
            CREATE TABLE tumbling AS SELECT k, \(aggregates) FROM silver \(tumbling) GROUP BY k;
            CREATE TABLE hopping AS SELECT k, \(aggregates) FROM silver \(hopping) GROUP BY k;
            CREATE TABLE sessions AS SELECT k, \(aggregates) FROM silver \(session) GROUP BY k;
            CREATE TABLE tumbling_final AS SELECT k, \(aggregates) FROM silver \(tumbling) GROUP BY k
              EMIT FINAL;
            CREATE TABLE hopping_final AS SELECT k, \(aggregates) FROM silver \(hopping) GROUP BY k
              EMIT FINAL;
            CREATE TABLE sessions_final AS SELECT k, \(aggregates) FROM silver \(session) GROUP BY k
              EMIT FINAL;
            """
    }

    /// - Parameter unit: all times are multiples of it, so that a coarse one hits the bounds of windows.
    private static func events(unit: Int64, using random: inout SeededGenerator) -> [ShopModel.Event] {
        var time = Int64.random(in: 0...2_000, using: &random)
        let partitions = Int.random(in: 1...3, using: &random)
        return (0..<Int.random(in: 1...120, using: &random)).map { number in
            time += Int64.random(in: 0...600, using: &random)
            // Now and then time jumps, so that windows close and keys are forgotten.
            if Int.random(in: 0..<25, using: &random) == 0 {
                time += Int64.random(in: 0...20_000, using: &random)
            }
            let lateness =
                Int.random(in: 0..<3, using: &random) == 0 ? Int64.random(in: 0...6_000, using: &random) : 0
            let isRepeat = Int.random(in: 0..<4, using: &random) == 0
            return ShopModel.Event(
                id: isRepeat ? Int.random(in: 0...number, using: &random) : number,
                key: ["a", "b", "c", "d", nil].randomElement(using: &random) ?? nil,
                amount: Int.random(in: 0..<6, using: &random) == 0
                    ? nil : Int64.random(in: -50...999, using: &random),
                page: ["home", "cart", "a page with a name that is longer than a view", nil]
                    .randomElement(using: &random) ?? nil,
                time: max(0, time - lateness) / unit * unit,
                partition: Int.random(in: 0..<partitions, using: &random),
                isBroken: Int.random(in: 0..<20, using: &random) == 0)
        }
    }

    private static func message(_ event: ShopModel.Event) -> MemoryRecord {
        func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
        let json =
            event.isBroken
            ? "{\"id\": \(event.id), \"k\""
            : "{\"id\": \(event.id), \"k\": \(quoted(event.key)), "
                + "\"amount\": \(event.amount.map(String.init) ?? "null"), \"page\": \(quoted(event.page)), "
                + "\"ts\": \(event.time)}"
        return MemoryRecord(value: Array(json.utf8), timestamp: 1, partition: event.partition)
    }

    @Test(arguments: 1...UInt64(Effort.isFull ? 400 : 40))
    func agreesWithThePlainModel(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let unit = [1, 100, 500].randomElement(using: &random) ?? 1
        let sizes = Int64.random(in: 1...8, using: &random)
        let settings = ShopModel.Settings(
            delay: [0, 0, 500, 3_000].randomElement(using: &random) ?? 0,
            within: Int64.random(in: 1...16, using: &random) * 500, size: sizes * 500,
            advance: Int64.random(in: 1...sizes, using: &random) * (Bool.random(using: &random) ? 500 : 250),
            gap: Int64.random(in: 1...5, using: &random) * 500,
            grace: [0, 0, 1, 1_000, 5_000, 5_000].randomElement(using: &random) ?? 0)
        let events = Self.events(unit: Int64(unit), using: &random)
        var model = ShopModel(settings)
        for event in events { model.take(event) }
        let way = Way.random(records: events.count, using: &random)
        let run = PipelineRun(
            statements: Self.statements(settings), inputs: ["RAW": .messages(events.map(Self.message))])
        let outcome = try run.run(way)
        #expect(outcome.failure == nil)
        let place = "seed \(seed), \(way.details), \(settings)"
        for (name, expected) in Self.expected(model) {
            let actual = Self.rows(outcome, name)
            #expect(actual == expected, "\(name), \(place)")
        }
        for name in ["SILVER", "TUMBLING", "SESSIONS"] {
            let late = outcome.status.relations.first { $0.name == name }?.late ?? -1
            #expect(late == Int64(model.late[name] ?? 0), "late rows of \(name), \(place)")
        }
        let duplicates = outcome.status.relations.first { $0.name == "SILVER" }?.duplicates ?? -1
        #expect(duplicates == Int64(model.duplicates), "duplicates, \(place)")
        #expect(outcome.deadLetters.count == model.deadLetters, "dead letters, \(place)")
    }

    private static func expected(_ model: ShopModel) -> [(String, [String])] {
        func summaries(_ groups: [String: [ShopModel.Event]]) -> [String] {
            groups.map { "\($0.key): \(ShopModel.summary($0.value))" }.sorted()
        }
        func closed(_ groups: [String: [ShopModel.Event]]) -> [String: [ShopModel.Event]] {
            groups.filter { entry in
                let bounds = entry.key.split(separator: " ")[0].split(separator: "-")
                return model.isWindowClosed(Int64(bounds[1]) ?? 0)
            }
        }
        func sessions(_ list: [(key: String, session: ShopModel.Session)]) -> [String] {
            list.map { key, session in
                "\(ShopModel.name(key, session.start, session.end)): "
                    + "\(ShopModel.summary(session.events.map(\.event)))"
            }.sorted()
        }
        return [
            ("SILVER", model.silver.map { "\($0.id) \($0.time)" }), ("GROUPS", summaries(model.groups)),
            ("TUMBLING", summaries(model.tumbling)), ("HOPPING", summaries(model.hopping)),
            ("SESSIONS", sessions(model.sessions)), ("TUMBLING_FINAL", summaries(closed(model.tumbling))),
            ("HOPPING_FINAL", summaries(closed(model.hopping))),
            ("SESSIONS_FINAL", sessions(model.sessions.filter { model.isSessionClosed($0.session) })),
        ]
    }

    private static func rows(_ outcome: PipelineRun.Outcome, _ name: String) -> [String] {
        outcome.rows(name).map { line in
            guard let json = try? JSONValue(parsing: line) else { return line }
            func text(_ field: String) -> String { json[field].map { $0.string ?? $0.text } ?? "?" }
            if name == "SILVER" { return "\(text("ID")) \(text("TS"))" }
            let window = json["WINDOWSTART"] == nil ? "" : "\(text("WINDOWSTART"))-\(text("WINDOWEND")) "
            return
                "\(window)\(text("K")): n \(text("N")) total \(text("TOTAL")) lowest \(text("LOWEST")) "
                + "highest \(text("HIGHEST")) pages \(text("PAGES")) "
                + "first \(text("FIRST")) last \(text("LAST"))"
        }.sortedUnless(name == "SILVER")
    }
}

extension [String] {
    fileprivate func sortedUnless(_ condition: Bool) -> [String] { condition ? self : sorted() }
}
