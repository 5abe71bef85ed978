import Formats

/// What the table of results says of one rule.
struct RuleHistory: Equatable, Sendable {
    /// One row of the table.
    struct Entry: Equatable, Sendable {
        var epoch: Int64
        /// Milliseconds since 1970.
        var time: Int64
        var relation = ""
        var kind = ""
        var status = "PASS"
        var checked: Int64 = 0
        var failing: Int64 = 0
        var value: Double?
        var expectation = ""
        var example = ""
        var action = ""

        fileprivate func isLater(than other: Entry) -> Bool {
            (time, epoch) > (other.time, other.epoch)
        }
    }

    let name: String
    private(set) var latest: Entry
    private(set) var evaluations = 0
    private(set) var warned = 0
    private(set) var failed = 0
    private(set) var checkedRows: Int64 = 0
    private(set) var failingRows: Int64 = 0
    /// The first and the last time that it did not pass.
    private(set) var firstBroken: Entry?
    private(set) var lastBroken: Entry?

    init(_ name: String, _ entry: Entry) {
        self.name = name
        latest = entry
        add(entry)
    }

    mutating func add(_ entry: Entry) {
        // That a sink goes on is news of the rule, and no judgement.
        evaluations += entry.action.hasPrefix("resume") ? 0 : 1
        checkedRows += entry.checked
        failingRows += entry.failing
        if entry.isLater(than: latest) { latest = entry }
        guard entry.status != "PASS", !entry.action.hasPrefix("resume") else { return }
        if entry.status == "FAIL" { failed += 1 } else { warned += 1 }
        if firstBroken.map({ $0.isLater(than: entry) }) ?? true { firstBroken = entry }
        if lastBroken.map({ entry.isLater(than: $0) }) ?? true { lastBroken = entry }
    }

    var verdict: InspectionCheck.Verdict { InspectionCheck.Verdict(rawValue: latest.status) ?? .fail }

    /// What was measured last, where it is broken and what should hold.
    var lines: [String] {
        var lines = [
            "  \(latest.status)  \(name): \(latest.example)", "        expected: \(latest.expectation)",
        ]
        if !latest.action.isEmpty { lines.append("        done: \(latest.action)") }
        return lines
    }

    var json: JSONValue {
        func time(_ entry: Entry?) -> JSONValue {
            entry.map { .string(LiveView.time($0.time)) } ?? .null
        }
        return [
            "rule": .string(name), "relation": .string(latest.relation), "check": .string(latest.kind),
            "status": .string(latest.status), "epoch": .number(latest.epoch), "at": time(latest),
            "value": latest.value.map { .number($0) } ?? .null, "example": .string(latest.example),
            "expected": .string(latest.expectation), "action": .string(latest.action),
            "epochs": .number(evaluations), "warned": .number(warned), "failed": .number(failed),
            "checked_rows": .number(checkedRows), "failing_rows": .number(failingRows),
            "first_broken": time(firstBroken), "last_broken": time(lastBroken),
        ]
    }
}
