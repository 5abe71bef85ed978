import Expressions

/// One rule of a pipeline's rules file: what must hold for a relation, and what happens when it does not.
public struct QualityRule: Hashable, Sendable {
    /// What happens when a rule is broken, beside its row among the results.
    public enum Action: String, CaseIterable, Sendable {
        /// Whoever watches is told when the status changes.
        case alert
        /// Rows that fail do not go on; they are kept aside.
        case quarantine
        /// Sinks get no epoch from the one on in which the rule failed.
        case stop
    }

    public let name: String
    public let relation: Relation
    public let kind: RuleKind
    public let check: RuleCheck
    /// Only rows for which it is true are looked at; nil is all.
    public let filter: Expression?
    /// For rules that judge rows.
    public let limits: RuleLimits
    /// Epochs are judged together until so many rows were checked.
    public let leastRows: Int64
    public let actions: Set<Action>
    /// The sinks that it stops, by name.
    public let stoppedSinks: [String]
    /// What must hold, for people: `PRICE from 0 to 10000, fails above 1 %`.
    public let expectation: String

    public var isQuarantining: Bool { actions.contains(.quarantine) }

    /// The rule without anything that others notice but for rows that are kept aside.
    var silent: QualityRule {
        QualityRule(
            name: name, relation: relation, kind: kind, check: check, filter: filter, limits: limits,
            leastRows: leastRows, actions: actions.intersection([.quarantine]), stoppedSinks: [],
            expectation: expectation)
    }

    /// Tells versions of a rule apart: of another one nothing that was remembered counts.
    public var signature: String {
        let names = relation.columns.map(\.name) + PseudoColumn.allCases.map(\.name)
        var parts = [relation.name, kind.rawValue, filter?.text(names) ?? ""]
        switch check {
        case .rows(let violation, _): parts.append(violation.text(names))
        case .unique(let keys, let within):
            parts += keys.map { $0.text(names) } + [String(within)]
        case .freshness(let plan): parts.append("\(plan)")
        case .volume(let plan): parts.append("\(plan)")
        }
        return parts.joined(separator: "; ")
    }

    /// The whole rule, as the plan's explanation and fingerprint have it.
    var explanation: String {
        "rule \(name): \(signature); \(expectation); \(leastRows); "
            + actions.map(\.rawValue).sorted().joined(separator: ",") + "; "
            + stoppedSinks.joined(separator: ",")
    }

    /// Columns of the relation's row that it reads, those of an example included.
    public var columns: Set<Int> {
        var columns = filter?.columns ?? []
        switch check {
        case .rows(let violation, let shown):
            columns.formUnion(violation.columns)
            columns.formUnion(shown)
        case .unique(let keys, _):
            for key in keys { columns.formUnion(key.columns) }
        case .freshness, .volume: break
        }
        if kind.judgesRows, relation.kind == .stream {
            columns.insert(relation.position(of: .rowSource))
            columns.insert(relation.position(of: .rowOffset))
        }
        if isQuarantining { columns.formUnion(relation.columns.indices) }
        return columns
    }
}
