import Diagnostics

extension SimulationSummary {
    /// The summary for a person, a few lines without a last line end.
    ///
    /// ```
    /// 1,000,000 lines in 10 files, 617.4 MB, in 0.8 s (1,250,000 lines/s), seed 7
    ///   970,112 events of 257,301 sessions, 2026-01-05T08:00:00.000Z to 2026-01-05T08:16:12.801Z
    ///     page_view 714,002, add_to_cart 105,210, …
    ///   19,902 duplicates, 9,986 malformed lines, 20,107 late events, 7,150 events of bots
    /// ```
    public var text: String {
        let ending = wasStopped ? ", stopped" : ""
        var lines = [
            "\(Self.grouped(lines)) lines in \(Self.grouped(files)) \(files == 1 ? "file" : "files"), "
                + "\(Self.size(bytes)), in \(Self.seconds(elapsed)) s "
                + "(\(Self.grouped(Int(linesPerSecond.rounded()))) lines/s), seed \(seed)\(ending)"
        ]
        var events = "  \(Self.grouped(tally.events)) events of \(Self.grouped(tally.sessions)) sessions"
        if let first = tally.firstEventTime, let last = tally.lastEventTime {
            events += ", \(TimestampText.text(first)) to \(TimestampText.text(last))"
        }
        lines.append(events)
        let types = tally.countsByType.map { "\($0.name) \(Self.grouped($0.count))" }
        lines.append("    " + types.joined(separator: ", "))
        lines.append(
            "  \(Self.grouped(tally.duplicates)) duplicates, "
                + "\(Self.grouped(tally.malformed)) malformed lines, "
                + "\(Self.grouped(tally.late)) late events, \(Self.grouped(tally.botEvents)) events of bots")
        return lines.joined(separator: "\n")
    }

    /// The summary for a program: one compact JSON object.
    ///
    /// Keys: `lines`, `events`, `duplicates`, `malformed`, `late`, `bot_events`, `sessions`, `files`,
    /// `bytes`, `elapsed_ms`, `seed`, `stopped`, `first_event_time`, `last_event_time`, `first_file`,
    /// `last_file`, `events_by_type`, `malformed_by_kind`.
    public var json: String {
        func quoted(_ text: String?) -> String { text.map(JSONText.quoted) ?? "null" }
        func object(_ counts: [SimulationTally.Count]) -> String {
            "{" + counts.map { "\(JSONText.quoted($0.name)):\($0.count)" }.joined(separator: ",") + "}"
        }
        let members = [
            "\"lines\":\(lines)", "\"events\":\(tally.events)", "\"duplicates\":\(tally.duplicates)",
            "\"malformed\":\(tally.malformed)", "\"late\":\(tally.late)", "\"bot_events\":\(tally.botEvents)",
            "\"sessions\":\(tally.sessions)", "\"files\":\(files)", "\"bytes\":\(bytes)",
            "\"elapsed_ms\":\(elapsed.wholeMilliseconds)", "\"seed\":\(seed)", "\"stopped\":\(wasStopped)",
            "\"first_event_time\":\(quoted(tally.firstEventTime.map(TimestampText.text)))",
            "\"last_event_time\":\(quoted(tally.lastEventTime.map(TimestampText.text)))",
            "\"first_file\":\(quoted(firstFile))", "\"last_file\":\(quoted(lastFile))",
            "\"events_by_type\":\(object(tally.countsByType))",
            "\"malformed_by_kind\":\(object(tally.malformedByKind))",
        ]
        return "{\(members.joined(separator: ","))}"
    }

    /// `1234567` as `1,234,567`.
    private static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits
    }

    /// Bytes in decimal units with one decimal.
    private static func size(_ bytes: Int) -> String {
        let units = ["kB", "MB", "GB", "TB"]
        guard bytes >= 1000 else { return "\(bytes) B" }
        var amount = Double(bytes) / 1000
        var unit = 0
        while amount >= 999.95, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        return "\((amount * 10).rounded() / 10) \(units[unit])"
    }

    private static func seconds(_ duration: Duration) -> String {
        String((Double(duration.wholeMilliseconds) / 100).rounded() / 10)
    }
}
