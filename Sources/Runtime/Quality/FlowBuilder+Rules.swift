import Expressions
import Planning
import State

extension FlowBuilder {
    /// Puts the rules of a relation on its outputs; what reads the relation comes a level later where rows
    /// wait for a shard phase.
    func attachRules(
        _ output: Outputs, _ quarantine: Quarantine?, _ ways: inout [String: Way], _ slots: Int
    ) -> [RelationRules] {
        guard let quality = plan.quality else { return [] }
        let name = output.relation.name
        let way = ways[name] ?? Way(source: name)
        let level = way.level
        var expressions: [Expression] = []
        func place(_ expression: Expression?) -> Int? {
            guard let expression else { return nil }
            expressions.append(expression)
            return expressions.count - 1
        }
        var atWork: [RuleAtWork] = []
        for (number, rule) in quality.rules.enumerated() where rule.relation.name == name {
            let filter = place(rule.filter)
            var violation: Int?
            var uniqueness: UniqueCheck?
            switch rule.check {
            case .rows(let expression, _): violation = place(expression)
            case .unique(let keys, let within):
                uniqueness = makeUniqueCheck(rule, keys, within, level, slots)
            case .freshness, .volume: break
            }
            atWork.append(
                RuleAtWork(
                    number: number, rule: rule, filter: filter, violation: violation, uniqueness: uniqueness,
                    slots: slots))
        }
        guard !atWork.isEmpty else { return [] }
        let rules = RelationRules(
            outputs: output, sources: way.sources, clocks: way.clocks, rules: atWork,
            expressions: expressions, quarantine: quarantine, slots: slots)
        output.rules = rules
        if rules.gateLevel != nil { ways[name]?.level = level + 1 }
        return [rules]
    }

    private func makeUniqueCheck(
        _ rule: QualityRule, _ keys: [Expression], _ within: Int64, _ level: Int, _ slots: Int
    ) -> UniqueCheck {
        let tally = RepeatTally(columns: rule.columns)
        if let query = plan.queryFindingRepeats(of: rule) {
            return UniqueCheck(finder: nil, query: query.name, tally: tally)
        }
        // The name has the rule's version in it: keys that another version remembered mean something else.
        let version = String(EpochLog.checksum(Array(rule.signature.utf8)), radix: 16)
        let stores = (0..<ShardedRows.shardCount).map { shard in
            makeStore(StateLayout(name: "rule/\(rule.name)/\(version)/\(shard)", payloadBytes: 0))
        }
        let finder = DeduplicationOperator(
            DeduplicationPlan(keys: keys, within: within), skipsNullKeys: true, level: level, stores: stores,
            observers: [tally], seed: seed, slots: slots)
        return UniqueCheck(finder: finder, query: nil, tally: tally)
    }
}
