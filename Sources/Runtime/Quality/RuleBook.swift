import Columnar
import Planning
import Storage

/// What the rules of a pipeline have found so far, and what they make of an epoch.
///
/// A value and a state machine: the same epochs under the same clocks give the same results, whatever was
/// restarted in between. Part of the checkpoint.
struct RuleBook: Equatable {
    private(set) var states: [RuleState]
    private let rules: [QualityRule]

    private static let formatVersion: UInt32 = 1

    init(_ plan: QualityPlan) {
        rules = plan.rules
        states = plan.rules.map { _ in RuleState() }
    }

    static func == (left: RuleBook, right: RuleBook) -> Bool { left.states == right.states }

    /// Judges an epoch.
    ///
    /// - Parameters:
    ///   - tallies: what it has shown, by rule.
    ///   - reached: the newest event time of the rule's source, by rule; nil before the first.
    /// - Returns: the results of those rules that have something to say: rows to judge, or another status.
    mutating func judge(
        epoch: Int64, clock: Int64, tallies: [RuleTally], reached: [Int64?]
    ) -> [RuleResult] {
        var results: [RuleResult] = []
        for number in rules.indices {
            let result: RuleResult?
            switch rules[number].check {
            case .rows, .unique: result = judgeRows(number, tallies[number])
            case .freshness(let plan): result = judgeAge(number, tallies[number], plan, clock)
            case .volume(let plan):
                result = judgeVolume(number, tallies[number], plan, reached: reached[number])
            }
            guard let result else { continue }
            if result.status != result.former {
                states[number].since = clock
                states[number].sinceEpoch = epoch
            }
            states[number].status = result.status
            states[number].finding = result.finding
            results.append(result)
        }
        return results
    }

    private mutating func judgeRows(_ number: Int, _ tally: RuleTally) -> RuleResult? {
        let rule = rules[number]
        states[number].checked += tally.checked
        states[number].failing += tally.failing
        let (checked, failing) = (states[number].checked, states[number].failing)
        guard tally.checked > 0, checked >= rule.leastRows else { return nil }
        states[number].checked = 0
        states[number].failing = 0
        let finding = failing == 0 ? "\(checked) rows pass" : "\(failing) of \(checked) rows fail"
        return RuleResult(
            rule: number, status: rule.limits.status(failing: failing, checked: checked),
            former: states[number].status, checked: checked, failing: failing,
            value: Double(failing) / Double(checked), finding: finding, example: tally.example?.text)
    }

    private mutating func judgeAge(
        _ number: Int, _ tally: RuleTally, _ plan: FreshnessPlan, _ clock: Int64
    ) -> RuleResult? {
        let former = states[number].newest ?? clock
        var newest = former
        if tally.checked > 0 { newest = max(former, plan.isByArrival ? clock : tally.newest) }
        // The first rows say how old events are, not how long ago the rule began.
        if states[number].newest == nil, tally.checked > 0, !plan.isByArrival { newest = tally.newest }
        states[number].newest = newest
        let age = max(0, clock - newest)
        let status = plan.status(age: age)
        guard tally.checked > 0 || status != states[number].status ?? .pass else { return nil }
        return RuleResult(
            rule: number, status: status, former: states[number].status, checked: tally.checked, failing: 0,
            value: Double(age) / 1000,
            finding: "\(plan.isByArrival ? "the last row came" : "the newest event is of") "
                + "\(Self.seconds(age)) ago", example: nil)
    }

    private mutating func judgeVolume(
        _ number: Int, _ tally: RuleTally, _ plan: VolumePlan, reached: Int64?
    ) -> RuleResult? {
        states[number].volume.take(tally.windows, size: plan.window)
        guard let reached else { return nil }
        let judged = states[number].volume.close(upTo: reached, plan)
        guard let last = judged.last else { return nil }
        // The oddest one stands for all that were judged with it.
        let odd = judged.filter { $0.status > .pass }
        let shown = odd.max { ($0.status, $0.distance) < ($1.status, $1.distance) } ?? last
        var finding = "\(shown.rows) rows from \(Civil.timestampText(milliseconds: shown.start))Z"
        if let usual = shown.usual {
            finding += ", usual are \(Self.whole(usual)) ± \(Self.whole(shown.deviation))"
        } else {
            finding += ", too few windows to say what is usual"
        }
        return RuleResult(
            rule: number, status: shown.status, former: states[number].status,
            checked: judged.reduce(0) { $0 + $1.rows }, failing: odd.reduce(0) { $0 + $1.rows },
            value: Double(shown.rows), finding: finding, example: nil)
    }

    /// When the clock alone changes what a rule says, if nothing comes until then; nil for never.
    var nextDeadline: Int64? {
        var next: Int64?
        for (rule, state) in zip(rules, states) {
            guard case .freshness(let plan) = rule.check, let newest = state.newest else { continue }
            // The age at which a status worse than the present one begins.
            let present = state.status ?? .pass
            let ages = [plan.warning.map { (RuleStatus.warn, $0) }, (.fail, plan.failure)].compactMap { $0 }
            guard let age = ages.first(where: { $0.0 > present })?.1 else { continue }
            next = min(next ?? .max, newest + age + 1)
        }
        return next
    }

    private static func whole(_ value: Double) -> Int64 { Int64(value.rounded()) }

    private static func seconds(_ milliseconds: Int64) -> String {
        milliseconds < 60_000 ? "\(milliseconds / 1000) s" : "\(milliseconds / 60_000) min"
    }

    // MARK: In the checkpoint

    var bytes: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(Self.formatVersion)
        encoder.add(UInt32(rules.count))
        for (rule, state) in zip(rules, states) {
            encoder.add(rule.name)
            encoder.add(rule.signature)
            encoder.add(state)
        }
        return encoder.bytes
    }

    /// Takes up what rules remember that are the same as then. False when the bytes are of another version.
    mutating func restore(_ bytes: [UInt8]) -> Bool {
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            guard try decoder.number(UInt32.self) == Self.formatVersion else { return false }
            for _ in 0..<(try decoder.number(UInt32.self)) {
                let name = try decoder.text()
                let signature = try decoder.text()
                let state = try RuleState(from: &decoder)
                guard let number = rules.firstIndex(where: { $0.name == name && $0.signature == signature })
                else { continue }
                states[number] = state
            }
            return true
        } catch {
            return false
        }
    }
}

extension BinaryEncoder {
    fileprivate mutating func add(_ state: RuleState) { state.encode(into: &self) }
}
