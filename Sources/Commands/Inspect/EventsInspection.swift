import Columnar
import Diagnostics
import Formats
import Simulation

/// What is in event files, and whether it is as it should be.
struct EventsInspection: InspectionReport {
    let path: String
    let tally: EventTally
    let limits: EventLimits
    /// How many users and products are named.
    let listed: Int

    /// - Parameter progress: told how far it is, every second, once it takes longer than two, if it is a
    /// terminal.
    static func read(
        _ path: String, limits: EventLimits, listed: Int, progress: Console.Stream
    ) throws(Diagnostic) -> EventsInspection {
        let clock = WallClock()
        let begun = clock.now()
        var shown = begun + 1000
        var tally = EventTally(latestTime: begun + Civil.millisecondsPerDay)
        try EventInput.read(path) { part throws(Diagnostic) in
            tally.add(part)
            let now = clock.now()
            if progress.isTerminal, now >= shown + 1000 {
                shown = now
                progress.write("\rreading: \(NumberDisplay.grouped(tally.lines)) lines\u{1B}[K")
            }
        }
        if shown > begun + 1000 { progress.write("\r\u{1B}[K") }
        guard tally.lines > 0 else {
            throw Diagnostic(
                .notFound, "there are no events at \(path)",
                expected: "files *.json, *.jsonl, *.ndjson or *.csv with a line for each event",
                hint: "make some with millrace simulate shop --to \(path) --events 10000")
        }
        tally.judgeTypes()
        return EventsInspection(path: path, tally: tally, limits: limits, listed: listed)
    }

    var isFailure: Bool { false }

    var checks: [InspectionCheck] {
        func share(_ name: String, _ count: Int, _ limit: Double, _ what: String) -> InspectionCheck {
            let text =
                "\(what): \(NumberDisplay.share(count, of: tally.lines)), at most "
                + NumberDisplay.share(Int((limit * 10_000).rounded()), of: 10_000)
            return InspectionCheck(Double(count) <= limit * Double(tally.lines) ? .pass : .warn, name, text)
        }
        var checks = [
            share("malformed", tally.malformedCount, limits.malformed, "malformed lines"),
            share("duplicates", tally.duplicates, limits.duplicates, "duplicates"),
            share("order", tally.outOfOrder, limits.outOfOrder, "events out of order"),
        ]
        let delay = NumberDisplay.duration(milliseconds: tally.greatestDelay)
        checks.append(
            InspectionCheck(
                tally.greatestDelay <= 600_000 ? .pass : .warn, "delay",
                "events come at most \(delay) behind later ones; a watermark delay of 10m stands 10m"))
        checks.append(
            InspectionCheck(
                tally.future == 0 ? .pass : .warn, "future",
                "\(NumberDisplay.count(tally.future, "event")) more than a day ahead of the clock"))
        checks.append(
            InspectionCheck(
                tally.byType.count > 1 ? .pass : .warn, "types",
                "\(NumberDisplay.count(tally.byType.count, "event type")), more than one"))
        return checks
    }

    var lines: [String] {
        let events = tally.wellFormed - tally.duplicates
        var lines = [
            "events \(path): \(NumberDisplay.count(tally.files.count, "file")), "
                + NumberDisplay.bytes(tally.bytes),
            "  \(NumberDisplay.count(tally.lines, "line")): \(NumberDisplay.count(events, "event")), "
                + "\(NumberDisplay.count(tally.duplicates, "duplicate")), "
                + "\(NumberDisplay.grouped(tally.malformedCount)) malformed", "",
        ]
        lines += counts("event type", tally.byType)
        if !tally.malformed.isEmpty { lines += [""] + counts("malformed by reason", tally.malformed) }
        lines += [""] + spread + named + [""] + time + ["", "checks:"]
        return lines + checks.map(\.line)
    }

    private func counts(_ title: String, _ counts: [String: Int]) -> [String] {
        var table = TextTable([(title, .left), ("lines", .right), ("share", .right)])
        for (name, count) in EventsInspection.sorted(counts) {
            table.add([
                DisplayWidth.cut(name, to: 40), NumberDisplay.grouped(count),
                NumberDisplay.share(count, of: tally.lines),
            ])
        }
        return table.lines(indent: "  ")
    }

    private static func sorted(_ counts: [String: Int]) -> [(key: String, value: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    }

    private var spread: [String] {
        var table = TextTable([
            ("events per", .left), ("distinct", .right), ("mean", .right), ("median", .right),
            ("p99", .right),
            ("most", .right),
        ])
        for (name, keys) in [("user", tally.users), ("session", tally.sessions), ("product", tally.products)]
        {
            let mean = keys.distinct > 0 ? Double(keys.total) / Double(keys.distinct) : 0
            let quantiles = keys.quantiles([0.5, 0.99, 1]).map { NumberDisplay.grouped($0) }
            table.add(
                [name, NumberDisplay.grouped(keys.distinct), NumberDisplay.fixed(mean, decimals: 1)]
                    + quantiles)
        }
        return table.lines(indent: "  ")
    }

    private var botEvents: Int { tally.botEvents.values.reduce(0, +) }

    private var named: [String] {
        var lines = [
            "  \(NumberDisplay.share(tally.sessions.singles, of: tally.sessions.distinct)) of the sessions "
                + "have one event; \(NumberDisplay.grouped(botEvents)) events are of users called bot_…"
        ]
        for (title, keys) in [("most active users", tally.users), ("most seen products", tally.products)] {
            let top = keys.top(min(listed, 5)).map {
                "\(DisplayWidth.cut($0.name, to: 24)) \(NumberDisplay.grouped($0.count))"
            }
            if !top.isEmpty { lines.append("  \(title): \(top.joined(separator: ", "))") }
        }
        return lines
    }

    private var time: [String] {
        guard let first = tally.first, let last = tally.last else { return ["  no event has a time"] }
        let events = tally.wellFormed - tally.duplicates
        let perMinute = Double(events) / max(1, Double(last - first) / 60_000)
        return [
            "  \(LiveView.time(first)) to \(LiveView.time(last)), "
                + "\(NumberDisplay.duration(milliseconds: last - first)); "
                + "\(NumberDisplay.grouped(Int(perMinute.rounded()))) events a minute",
            "  \(Sparkline.text(histogram(from: first, to: last)))",
            "  \(NumberDisplay.grouped(tally.outOfOrder)) out of order, by up to "
                + NumberDisplay.duration(milliseconds: tally.greatestDelay),
        ]
    }

    /// Events over time, in up to 60 equal parts of whole minutes.
    private func histogram(from first: Int64, to last: Int64) -> [Int] {
        let start = first / 60_000
        let minutes = last / 60_000 - start + 1
        let width = (minutes + 59) / 60
        var parts = [Int](repeating: 0, count: Int((minutes + width - 1) / width))
        for (minute, count) in tally.minutes { parts[Int((minute - start) / width)] += count }
        return parts
    }

    var json: JSONValue {
        func object(_ counts: [String: Int]) -> JSONValue {
            .object(EventsInspection.sorted(counts).map { .init($0.key, .number($0.value)) })
        }
        func spread(_ keys: KeyCounts) -> JSONValue {
            let quantiles = keys.quantiles([0.5, 0.99, 1])
            return [
                "distinct": .number(keys.distinct), "median": .number(quantiles[0]),
                "p99": .number(quantiles[1]),
                "most": .number(quantiles[2]),
                "top": .object(keys.top(listed).map { .init($0.name, .number($0.count)) }),
            ]
        }
        func time(_ value: Int64?) -> JSONValue {
            value.map { .string(Civil.timestampText(milliseconds: $0) + "Z") } ?? .null
        }
        return [
            "path": .string(path), "files": .number(tally.files.count), "bytes": .number(tally.bytes),
            "lines": .number(tally.lines), "events": .number(tally.wellFormed - tally.duplicates),
            "duplicates": .number(tally.duplicates), "malformed": .number(tally.malformedCount),
            "by_type": object(tally.byType), "malformed_by_reason": object(tally.malformed),
            "users": spread(tally.users), "sessions": spread(tally.sessions),
            "products": spread(tally.products),
            "single_event_sessions": .number(tally.sessions.singles), "bot_events": .number(botEvents),
            "first_event_time": time(tally.first), "last_event_time": time(tally.last),
            "out_of_order": .number(tally.outOfOrder), "greatest_delay_ms": .number(tally.greatestDelay),
            "checks": .array(checks.map(\.json)),
        ]
    }
}
