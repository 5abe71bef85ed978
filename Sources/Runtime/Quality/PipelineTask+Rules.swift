import Diagnostics
import Planning
import Storage

// Quality rules beside the pipeline: judged at the end of each epoch, their results a sink's rows like
// others.
extension PipelineTask {
    /// The name of the rules' memory beside the state.
    static let rulesAttachment = "rules"

    private static let alertLimit = 20

    /// Takes up what the rules remember.
    func openRules() throws(Diagnostic) {
        guard let quality = plan.quality else { return }
        var book = RuleBook(quality)
        if let bytes = checkpoint?.attachments[Self.rulesAttachment], !book.restore(bytes) {
            throw Diagnostic(
                .incompatibleVersion,
                "what the quality rules remember in \(configuration.stateDirectory) is of another version",
                hint: "use the Millrace version that wrote it, or start over with another --state directory")
        }
        ruleBook = book
    }

    /// Judges the epoch that ends, and gives the results to their sink.
    ///
    /// - Returns: what writes the alerts once the epoch is committed; nil when there are none.
    func judgeRules(
        _ open: OpenEpoch, _ flow: Flow
    ) throws(Diagnostic) -> (@Sendable () throws(StorageError) -> Void)? {
        guard let quality = plan.quality, var book = ruleBook else {
            _ = try decideStops(open, failed: [])
            return nil
        }
        var tallies = quality.rules.map { _ in RuleTally() }
        var reached = quality.rules.map { _ in Int64?.none }
        for relation in flow.rules {
            let newest = relation.sources.compactMap { flow.newestEventTime(of: $0) }.min()
            for rule in relation.rules {
                tallies[rule.number] = rule.takeTally()
                reached[rule.number] = newest
            }
        }
        var results = book.judge(epoch: open.number, clock: open.clock, tallies: tallies, reached: reached)
        let stoppedBefore = sinkStops
        let ended = try decideStops(
            open, failed: results.filter { $0.status == .fail }.map { quality.rules[$0.rule] })
        for index in results.indices {
            let rule = quality.rules[results[index].rule]
            let stopped = sinkStops.stops.filter { name, stop in
                stop.rule == rule.name && stoppedBefore[name] != stop
            }
            results[index].action = Self.action(results[index], rule, stopped.keys.sorted())
        }
        results += Self.resumptions(ended, quality, book)
        ruleBook = book
        if !results.isEmpty {
            let rows = QualityRows.rows(results, of: quality, epoch: open.number, clock: open.clock)
            flow.outputs[quality.results.name]?.publish(rows)
        }
        return announcement(results.filter(\.isNews), open, quality)
    }

    /// Rows for sinks that go on: the rule that stopped them as it stands.
    private static func resumptions(
        _ ended: [String: SinkStops.Stop], _ quality: QualityPlan, _ book: RuleBook
    ) -> [RuleResult] {
        var results: [RuleResult] = []
        for (sink, stop) in ended.sorted(by: { $0.key < $1.key }) {
            guard let number = quality.rules.firstIndex(where: { $0.name == stop.rule }) else { continue }
            let status = book.states[number].status ?? .pass
            results.append(
                RuleResult(
                    rule: number, status: status, former: status, checked: 0, failing: 0, value: 0,
                    finding: "\(sink.lowercased()) goes on, stopped since epoch \(stop.epoch)", example: nil,
                    action: "resume \(sink.lowercased())"))
        }
        return results
    }

    /// What is done about a result: `alert, quarantine, stop silver_lake`.
    private static func action(
        _ result: RuleResult, _ rule: QualityRule, _ stopped: [String]
    ) -> String? {
        var actions: [String] = []
        if result.isNews, rule.actions.contains(.alert) { actions.append("alert") }
        if result.failing > 0, rule.isQuarantining { actions.append("quarantine") }
        actions += stopped.map { "stop \($0.lowercased())" }
        return actions.isEmpty ? nil : actions.joined(separator: ", ")
    }

    private func announcement(
        _ news: [RuleResult], _ open: OpenEpoch, _ quality: QualityPlan
    ) -> (@Sendable () throws(StorageError) -> Void)? {
        let alerts = news.compactMap { result -> RuleAlert? in
            let rule = quality.rules[result.rule]
            guard rule.actions.contains(.alert) else { return nil }
            return RuleAlert(
                rule: rule.name, relation: rule.relation.name, kind: rule.kind, status: result.status,
                former: result.former, finding: result.finding, expectation: rule.expectation,
                example: result.example, action: result.action, epoch: open.number, clock: open.clock)
        }
        guard !alerts.isEmpty else { return nil }
        let file = quality.alertsPath.map {
            AlertFile(fileSystem: environment.fileSystem, path: $0, instance: instance.id)
        }
        return { [board] () throws(StorageError) in
            try file?.append(alerts)
            board.update { status in
                status.alerts += alerts
                status.alertCount += Int64(alerts.count)
                status.alerts.removeFirst(max(0, status.alerts.count - Self.alertLimit))
            }
        }
    }

    /// Whether the clock alone has changed what a rule says.
    var isRuleDue: Bool {
        guard let due = ruleBook?.nextDeadline else { return false }
        return environment.clock() >= due
    }

    func describeRules(into status: inout PipelineStatus) {
        guard let quality = plan.quality, let book = ruleBook else { return }
        status.quarantinedRows = flow?.quarantine?.count ?? 0
        status.rules = zip(quality.rules, book.states).map { rule, state in
            RuleReport(
                name: rule.name, relation: rule.relation.name, kind: rule.kind, status: state.status,
                finding: state.finding, expectation: rule.expectation, since: state.since)
        }
    }
}

extension Flow {
    /// The largest event time of a source, over its partitions that of the slowest; nil before the first
    /// record.
    func newestEventTime(of source: String) -> Int64? {
        guard let index = scans.firstIndex(where: { $0.relation.name == source }) else { return nil }
        let progress = progress[index]
        // Time that goes on while a source is idle is no record.
        if progress.newest != progress.maxima { return progress.newest.filter { $0 > .min }.min() }
        return progress.watermark == .min ? nil : progress.watermark &+ progress.delay
    }
}
