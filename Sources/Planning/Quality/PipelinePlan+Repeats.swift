extension PipelinePlan {
    /// A query that deduplicates just those rows which a rule about repeats looks at, by the same keys.
    ///
    /// It gets the same rows only where no other rule takes some away in between. Records without a value
    /// pass no WHERE, and the rule leaves them out as well; a query without WHERE remembers their keys.
    public func queryFindingRepeats(of rule: QualityRule) -> QueryPlan? {
        guard case .unique(let keys, let within) = rule.check, let filter = rule.filter else { return nil }
        let rules = quality?.rules(of: rule.relation.name) ?? []
        guard !rules.contains(where: { $0.isQuarantining && $0.kind == .unique }) else { return nil }
        return queries.first { query in
            guard let deduplication = query.deduplication else { return false }
            return query.input.name == rule.relation.name && query.joins.isEmpty && query.filter == filter
                && deduplication.within == within && Set(deduplication.keys) == Set(keys)
        }
    }
}
