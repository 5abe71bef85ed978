import Planning
import Runtime

extension LiveView {
    /// Broken rules that are shown one by one.
    private static let shownRules = 3

    /// How many rules hold, and which do not; nothing for a pipeline without rules.
    static func quality(_ frame: LiveFrame) -> [StyledLine] {
        let status = frame.status
        guard !status.rules.isEmpty else { return [] }
        var line = label("quality")
        for (found, style) in [(RuleStatus.pass, StyledLine.Style.good), (.warn, .warning), (.fail, .bad)] {
            let count = status.rules.count { $0.status == found }
            if count > 0 { line.append("\(count) \(found.rawValue)  ", style) }
        }
        let waiting = status.rules.count { $0.status == nil }
        if waiting > 0 { line.append("\(waiting) not judged yet  ", .dim) }
        if status.quarantinedRows > 0 {
            line.append("quarantined  ", .dim)
            line.append(NumberDisplay.grouped(status.quarantinedRows), .warning)
        }
        let broken = status.rules.filter { $0.status ?? .pass > .pass }.sorted {
            ($0.status ?? .pass, $0.since) > ($1.status ?? .pass, $1.since)
        }
        var lines = [line]
        for rule in broken.prefix(shownRules) {
            let found = rule.status ?? .pass
            var line = StyledLine("    \(found.rawValue)  ", found == .fail ? .bad : .warning)
            line.append("\(rule.name)", .bold)
            let since = NumberDisplay.wholeSeconds(milliseconds: max(0, frame.now - rule.since))
            line.append(" on \(rule.relation.lowercased()) for \(since): \(rule.finding)")
            lines.append(line)
        }
        if broken.count > shownRules {
            lines.append(StyledLine("    … and \(broken.count - shownRules) more", .dim))
        }
        return lines + stopped(frame)
    }

    /// The sinks that rules have stopped, by rule.
    private static func stopped(_ frame: LiveFrame) -> [StyledLine] {
        let sinks = frame.status.stoppedSinks
        var lines: [StyledLine] = []
        for rule in Set(sinks.map(\.rule)).sorted() {
            let own = sinks.filter { $0.rule == rule }
            guard let first = own.first, let since = own.map(\.since).min() else { continue }
            var line = StyledLine("    stopped  ", .bad)
            line.append(first.name.lowercased() + (own.count > 1 ? " and \(own.count - 1) more" : ""), .bold)
            let rows = NumberDisplay.count(own.reduce(0) { $0 + $1.withheldRows }, "row")
            let time = NumberDisplay.wholeSeconds(milliseconds: max(0, frame.now - since))
            line.append(" for \(time) by \(rule): \(rows) withheld")
            lines.append(line)
        }
        if lines.isEmpty { return [] }
        return lines + [StyledLine("    next: start again with --resume-sink NAME, or all", .dim)]
    }

    /// The same in a few words: `quality 7 PASS 1 WARN`; nil for a pipeline without rules.
    static func plainQuality(_ status: PipelineStatus) -> String? {
        guard !status.rules.isEmpty else { return nil }
        let counts = RuleStatus.allCases.compactMap { found -> String? in
            let count = status.rules.count { $0.status == found }
            return count > 0 ? "\(count) \(found.rawValue)" : nil
        }
        let aside = status.quarantinedRows
        return "quality " + (counts.isEmpty ? "not judged yet" : counts.joined(separator: " "))
            + (aside > 0 ? ", quarantined \(NumberDisplay.grouped(aside))" : "")
            + status.stoppedSinks.map { sink in
                let rows = NumberDisplay.count(sink.withheldRows, "row")
                return ", \(sink.name.lowercased()) stopped with \(rows) withheld"
            }.joined()
    }
}
