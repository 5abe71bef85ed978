import Columnar
import Diagnostics
import Expressions
import Formats
import Language

/// Gives one rule of a rules file its relation, columns and types.
struct RuleAnalyzer {
    typealias Typed = Expressions.Expression

    var fields: RuleFields
    let plan: PipelinePlan
    var variables: Variables

    /// Fields of any rule.
    private static let common = ["name", "on", "check", "where", "on_fail", "sinks"]
    /// Fields of rules that judge rows.
    private static let limits = ["warn_above", "fail_above", "at_least_rows"]

    private static func known(_ kind: RuleKind) -> [String] {
        switch kind {
        case .notNull: return common + limits + ["columns", "column"]
        case .range: return common + limits + ["columns", "column", "min", "max"]
        case .set: return common + limits + ["columns", "column", "values"]
        case .condition: return common + limits + ["condition"]
        case .unique: return common + limits + ["columns", "column", "within"]
        case .freshness: return common + ["max_age", "warn_age", "by"]
        case .volume:
            return common + [
                "window", "grace", "deviations", "warn_deviations", "history", "at_least_history",
            ]
        }
    }

    mutating func rule() throws(Diagnostic) -> QualityRule {
        let name = try fields.required("name", example: "\"prices\"")
        guard !name.text.isEmpty else {
            throw Diagnostic(.invalidValue, "a rule's name is empty", at: name.location)
        }
        fields.owner = "the rule '\(name.text)'"
        let check = try fields.required("check", example: "\"not_null\"")
        let word = try fields.word(check, of: RuleKind.allCases.map(\.rawValue), what: "check")
        guard let kind = RuleKind(rawValue: word) else { preconditionFailure("the words are the kinds'") }
        try fields.refuseUnknown(known: Self.known(kind))
        let relation = try relation()
        let (made, expectation) = try self.check(kind, relation)
        var filter: Typed?
        if let condition = try fields.text("where") {
            filter = try self.condition(condition, relation, "\"where\"")
        }
        let limits = try self.limits(kind)
        let actions = try self.actions(kind, relation)
        return QualityRule(
            name: name.text, relation: relation, kind: kind, check: made, filter: filter, limits: limits,
            leastRows: try fields.integer("at_least_rows", in: 0...1_000_000_000) ?? 0, actions: actions,
            stoppedSinks: try sinks(relation, actions),
            expectation: expectation + (kind.judgesRows ? limits.text : "") + (try filterText()))
    }

    private func filterText() throws(Diagnostic) -> String {
        guard let condition = try fields.text("where") else { return "" }
        return ", where " + condition.text
    }

    private func relation() throws(Diagnostic) -> Relation {
        let on = try fields.required("on", example: "\"silver_events\"")
        let catalogue = plan.catalogue
        if let relation = catalogue.relation(on.text) ?? catalogue.relation(on.text.uppercased()) {
            return relation
        }
        let suggestion = NearestName.suggestion(for: on.text, among: catalogue.order)
        throw Diagnostic(
            .unknownSource, "\(fields.owner): there is no stream or table \(on.text.uppercased())",
            at: on.location, expected: "one of " + catalogue.order.joined(separator: ", "),
            hint: suggestion.map { "did you mean \($0)?" })
    }

    // MARK: Limits and actions

    private func limits(_ kind: RuleKind) throws(Diagnostic) -> RuleLimits {
        guard kind.judgesRows else { return RuleLimits(warning: nil, failure: nil) }
        let warning = try fields.bound("warn_above")
        let failure = try fields.bound("fail_above")
        // Without limits every row must pass; with a warning alone it stays at that.
        return RuleLimits(
            warning: warning, failure: failure ?? (warning == nil ? .rows(0) : nil))
    }

    private func actions(
        _ kind: RuleKind, _ relation: Relation
    ) throws(Diagnostic) -> Set<QualityRule.Action> {
        guard let words = try fields.texts("on_fail") else { return [.alert] }
        var actions: Set<QualityRule.Action> = []
        for word in words {
            let known = try fields.word(
                word, of: QualityRule.Action.allCases.map(\.rawValue), what: "action")
            guard let action = QualityRule.Action(rawValue: known) else { continue }
            if action == .quarantine, !kind.judgesRows || relation.kind == .table {
                throw Diagnostic(
                    .invalidStatement,
                    kind.judgesRows
                        ? "\(fields.owner): rows of a table are upserted and can't be kept aside"
                        : "\(fields.owner): \(kind.rawValue) says nothing about single rows",
                    at: word.location, expected: "alert or stop",
                    hint: kind.judgesRows ? "put the rule on the stream that the table is made of" : nil)
            }
            actions.insert(action)
        }
        return actions
    }

    /// The sinks that the rule stops: those named, or all that the relation's rows come to.
    private func sinks(
        _ relation: Relation, _ actions: Set<QualityRule.Action>
    ) throws(Diagnostic) -> [String] {
        let names = try fields.texts("sinks")
        guard actions.contains(.stop) else {
            guard names != nil else { return [] }
            throw Diagnostic(
                .invalidStatement, "\(fields.owner) names sinks and does not stop any",
                at: fields.location(of: "sinks"), hint: "add \"stop\" to \"on_fail\"")
        }
        let all = plan.sinks.map(\.name)
        guard let names else {
            let reached = plan.relations(below: relation.name)
            let fed = plan.sinks.filter { reached.contains($0.from.name) }.map(\.name)
            if !fed.isEmpty { return fed }
            throw Diagnostic(
                .invalidStatement, "\(fields.owner): no sink takes rows of \(relation.name)",
                at: fields.location(of: "on_fail"), hint: "name them: \"sinks\": [\"…\"]")
        }
        var sinks: [String] = []
        for name in names {
            guard let sink = all.first(where: { $0.lowercased() == name.text.lowercased() }) else {
                let suggestion = NearestName.suggestion(for: name.text, among: all)
                throw Diagnostic(
                    .unknownConnector, "there is no sink connector \(name.text)", at: name.location,
                    expected: "one of " + all.joined(separator: ", "),
                    hint: suggestion.map { "did you mean \($0)?" })
            }
            sinks.append(sink)
        }
        return sinks
    }

    // MARK: Texts

    /// `10 min`, `90 s`, `500 ms`.
    static func text(milliseconds: Int64) -> String {
        for (size, unit) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")]
        where milliseconds % Int64(size) == 0 { return "\(milliseconds / Int64(size)) \(unit)" }
        return "\(milliseconds) ms"
    }

    /// Without a fraction where there is none.
    static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }
}

extension PipelinePlan {
    /// The relation and all that queries make of it, directly or through others.
    public func relations(below relation: String) -> Set<String> {
        var reached: Set = [relation]
        for query in queriesInFlowOrder where query.sources.contains(where: { reached.contains($0.name) }) {
            reached.insert(query.output.name)
        }
        return reached
    }
}
